"""Settings: profiles differ where they must, what was said wins, and the page about them is what they are."""

import pytest
from pydantic import ValidationError

from app import limits
from app.settings import PROFILES, Settings


def test_the_page_about_limits_is_up_to_date():
    assert limits.TARGET.read_text() == limits.render(), "run python -m app.limits"


def test_every_setting_says_why_it_is_as_it_is():
    for name, field in Settings.model_fields.items():
        assert field.description, name


def test_a_profile_names_only_settings_that_exist():
    for profile, own in PROFILES.items():
        assert own.keys() <= Settings.model_fields.keys(), profile


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_has_defaults_of_its_own(profile):
    settings = Settings(profile=profile, host_names="backscope.example.org")
    for name, value in PROFILES[profile].items():
        assert getattr(settings, name) == value


def test_what_was_said_wins_over_the_profile(monkeypatch):
    assert Settings(profile="local", seconds_to_pause=5).seconds_to_pause == 5
    monkeypatch.setenv("BACKSCOPE_SECONDS_TO_PAUSE", "7")
    assert Settings(profile="local").seconds_to_pause == 7
    monkeypatch.setenv("BACKSCOPE_PROFILE", "lan")
    assert Settings().most_megabytes_of_a_run == Settings.model_fields["most_megabytes_of_a_run"].default


@pytest.mark.parametrize("names", ["", " , "])
def test_the_profile_public_does_not_start_without_its_names(names):
    with pytest.raises(ValidationError, match="needs the names browsers use"):
        Settings(profile="public", host_names=names)
