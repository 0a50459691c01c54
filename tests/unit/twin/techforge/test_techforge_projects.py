"""Looking up what can be asked for, and who may."""

import pytest

from twin.techforge.catalogue import CATALOGUE, HARBOUR, MOODS, SPRING, STORE_TOUR, TEASER

ACTIVE = "/api/provider/projects/active"
NOT_OURS = "1d2e3f40-7a10-4bbb-8ccc-000000000010"
CALLS = [
    ("GET", ACTIVE),
    ("GET", f"/api/provider/projects/{TEASER.project_id}/mapping-fields"),
    ("POST", "/jobs/v2"),
    ("GET", "/jobs/8f6d0a6e-1111-4222-8333-000000000abc"),
    ("PUT", "/jobs/8f6d0a6e-1111-4222-8333-000000000abc"),
    ("POST", "/jobs/trigger-job"),
    ("GET", "/storage/generate-signed-path?path=x"),
    ("GET", "/auth/credits"),
]


def fields_path(project_id: str) -> str:
    return f"/api/provider/projects/{project_id}/mapping-fields"


async def test_active_projects_are_listed_as_documented(http):
    """A project shows its id, name, type and dates, with milliseconds or null."""
    body = (await http.get(ACTIVE)).json()
    assert body["message"] == "Success"
    assert body["data"][0] == {
        "projectId": TEASER.project_id,
        "projectName": "Autumn teaser",
        "projectType": "ai_talking_video",
        "startDate": "2026-01-01T00:00:00.000Z",
        "endDate": None,
    }


async def test_projects_out_of_their_dates_and_of_others_are_not_listed(http):
    """Spring is over, and the harbour's project is not ours."""
    ids = {each["projectId"] for each in (await http.get(ACTIVE)).json()["data"]}
    assert TEASER.project_id in ids
    assert not {SPRING.project_id, NOT_OURS} & ids


async def test_every_job_type_has_an_active_project_and_one_has_no_name(http):
    """Forms for all seven can be tried, and an unset name is an empty text."""
    projects = (await http.get(ACTIVE)).json()["data"]
    assert {each["projectType"] for each in projects} == {
        "ai_talking_video",
        "video",
        "tts",
        "image",
        "photo_qc",
        "pdf",
        "ai_image_generation",
    }
    assert "" in {each["projectName"] for each in projects}


async def test_active_projects_follow_the_clock(twin, http, clock):
    """A project becomes active in its own time."""
    clock._jump(SPRING.starts_at)
    ids = {each["projectId"] for each in (await http.get(ACTIVE)).json()["data"]}
    assert SPRING.project_id in ids


async def test_mapping_fields_are_answered_as_documented(http):
    """Fields are an object by id, each with a label and its kind."""
    body = (await http.get(fields_path(TEASER.project_id))).json()
    assert body == {
        "message": "Success",
        "data": {
            "projectId": TEASER.project_id,
            "projectName": "Autumn teaser",
            "projectType": "ai_talking_video",
            "fields": {
                "headline": {"label": "Headline", "instructionType": "text"},
                "voiceover": {"label": "Voiceover", "instructionType": "audio"},
                "avatar": {"label": "Avatar", "instructionType": "image"},
            },
            "fetchedAt": "2026-11-21T09:00:00.000Z",
        },
    }


async def test_a_project_can_have_sixty_fields(http):
    """More than a form of one page holds."""
    data = (await http.get(fields_path(CATALOGUE.project_id.upper()))).json()["data"]
    assert len(data["fields"]) == 60


async def test_a_field_may_have_an_unknown_kind_or_none(http):
    """The list of kinds is open, and naming one is optional."""
    fields = (await http.get(fields_path(STORE_TOUR.project_id))).json()["data"]["fields"]
    assert fields["brand_color"]["instructionType"] == "color_picker"
    assert fields["greeting"] == {"label": "Greeting"}


async def test_required_fields_are_flagged_only_by_a_switch(twin, http):
    """No document has such a flag."""
    twin.configure(required_flag=True)
    fields = (await http.get(fields_path(TEASER.project_id))).json()["data"]["fields"]
    assert {name: field["required"] for name, field in fields.items()} == {
        "headline": True,
        "voiceover": True,
        "avatar": False,
    }


@pytest.mark.parametrize(
    "project_id",
    [
        pytest.param(NOT_OURS, id="another account's"),
        pytest.param("1d2e3f40-7a10-4bbb-8ccc-000000000099", id="gone"),
        pytest.param(MOODS.prompt_id, id="a prompt"),
        pytest.param("nonsense", id="no id"),
    ],
)
async def test_fields_of_what_is_not_ours_are_not_found(http, project_id):
    """A foreign project and one that is gone look the same."""
    assert (await http.get(fields_path(project_id))).status_code == 404


@pytest.mark.parametrize("key", [None, "", "tfi-twin-wrong"])
@pytest.mark.parametrize(("method", "path"), CALLS)
async def test_every_call_needs_a_good_key(http, method, path, key):
    """Without one, or with a wrong one, each answers 401."""
    http.headers.pop("x-api-key")
    headers = {} if key is None else {"x-api-key": key}
    answer = await http.request(method, path, headers=headers)
    assert answer.status_code == 401
    assert answer.json() == {"statusCode": 401, "message": "Unauthorized"}


async def test_another_account_sees_its_own(http):
    """A key acts for its account."""
    headers = {"x-api-key": HARBOUR.api_key}
    projects = (await http.get(ACTIVE, headers=headers)).json()["data"]
    assert [each["projectName"] for each in projects] == ["Harbour news"]
    assert (await http.get("/auth/credits", headers=headers)).json() == {"credits": 5}
    assert (await http.get("/auth/credits")).json() == {"credits": 1250}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/jobs"),
        ("GET", "/jobs/v2/x"),
        ("DELETE", "/jobs/8f6d0a6e-1111-4222-8333-000000000abc"),
        ("POST", "/jobs/8f6d0a6e-1111-4222-8333-000000000abc/cancel"),
        ("POST", "/webhooks"),
        ("PUT", "/auth/credits"),
        ("GET", "/"),
    ],
)
async def test_what_no_document_has_is_not_there(http, method, path):
    """There is no list, cancel or webhook; a wrong method is not found either."""
    answer = await http.request(method, path)
    assert answer.status_code == 404
    assert answer.json() == {
        "statusCode": 404,
        "message": f"Cannot {method} {path}",
        "error": "Not Found",
    }
