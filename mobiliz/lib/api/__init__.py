"""What every address of the partners' API has in common.

`problems` says what went wrong, `policies` who may call and how often, `cursors` how a long list is read,
`views` what an address is made of, `schema` what the OpenAPI document adds. The settings name the first two:
they must not import `rest_framework.views`, which reads those settings while it loads.
"""
