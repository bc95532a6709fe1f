"""What every problem document looks like."""


def problem(response, status, code):
    """The document of this answer, after a look at what every one must have."""
    assert response["Content-Type"] == "application/problem+json"
    found = response.json()
    assert list(found) == ["type", "title", "status", "code", "detail", "errors"]
    assert (response.status_code, found["status"], found["code"]) == (status, status, code), found
    assert found["type"].endswith(f"/api/docs/#{code}")
    assert found["title"]
    assert found["detail"]
    return found


def fields(response, status, code):
    """field -> code of each error."""
    return {error["field"]: error["code"] for error in problem(response, status, code)["errors"]}
