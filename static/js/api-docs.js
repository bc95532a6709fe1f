// Shows the OpenAPI document of the partners' API; everything comes from our own address.
"use strict";

const place = document.getElementById("swagger-ui");
SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  persistAuthorization: false,
  // otherwise a validator on the Internet is asked about our schema
  validatorUrl: null,
});
