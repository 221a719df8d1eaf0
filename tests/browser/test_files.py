"""A run is saved from the page and loaded again."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.reading import learning, paused, step_once


def test_a_run_that_was_saved_is_loaded_where_it_was(visit, tmp_path):
    page = learning(visit())
    step = paused(page)
    with page.expect_download() as download:
        page.get_by_test_id("save-run").click()
    saved = tmp_path / download.value.suggested_filename
    download.value.save_as(saved)
    assert saved.name == f"backscope-studio-step-{step}.safetensors"
    step_once(page)
    page.get_by_test_id("run-file").set_input_files(saved)
    expect(page.get_by_test_id("run-file-said")).to_have_text(f"{saved.name} is loaded.")
    expect(page.get_by_test_id("step")).to_have_text(f"{step:,}")


def test_a_file_that_is_no_run_is_refused_in_a_sentence(visit, tmp_path: Path, watched):
    watched.allow("422")  # Chromium tells of each such answer
    page = learning(visit())
    step = paused(page)
    wrong = tmp_path / "letter.safetensors"
    wrong.write_text("Dear network,")
    page.get_by_test_id("run-file").set_input_files(wrong)
    expect(page.get_by_test_id("run-file-said")).to_have_text("This is not a safetensors file that can be read.")
    expect(page.get_by_test_id("step")).to_have_text(f"{step:,}")
