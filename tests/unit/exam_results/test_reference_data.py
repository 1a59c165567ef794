"""The shipped catalogue and lifecycle."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from services.exam_results.domain.catalogue import CatalogueFault, Embargo, ResultType
from services.exam_results.domain.lifecycle import State
from services.exam_results.infrastructure.reference_data import catalogue_file
from services.exam_results.infrastructure.reference_data.catalogue_file import read_catalogue
from services.exam_results.infrastructure.reference_data.exact_yaml import load_exact
from services.exam_results.infrastructure.reference_data.lifecycle_file import read_lifecycle
from services.shared.kernel.principal import Role
from tests.unit.exam_results.samples import CATALOGUE, LIFECYCLE

FOLDER = Path(catalogue_file.__file__).parent


def source() -> dict[str, Any]:
    loaded: dict[str, Any] = load_exact(FOLDER / "catalogue.yaml")
    return loaded


def test_thirty_eight_exams_and_a_blood_count_of_seventeen_items() -> None:
    assert len(CATALOGUE.exams) == 38
    blood_count = CATALOGUE.find("HEMO")
    assert blood_count is not None
    assert blood_count.panel
    assert len(blood_count.components) == 17


def test_limits_keep_their_digits() -> None:
    density = CATALOGUE.find("EAS").component("UDENS")  # type: ignore[union-attr]
    assert density is not None
    assert str(density.ranges[0].limits.hi) == "1.030"


def test_units_with_a_comma_are_whole() -> None:
    derived = CATALOGUE.find("TFG").component("TFG")  # type: ignore[union-attr]
    assert derived is not None
    assert derived.unit_display == "mL/min/1,73m²"


def test_a_text_cut_by_an_unquoted_comma_is_noticed() -> None:
    broken = source()
    broken["exams"][1]["73m²"] = None
    with pytest.raises(CatalogueFault, match="unknown keys"):
        read_catalogue(broken, {})


def test_overlapping_ranges_are_refused() -> None:
    broken = source()
    broken["exams"][1]["ranges"].append({"age": ["17y", "19y"], "lo": Decimal(1)})
    with pytest.raises(CatalogueFault, match="overlapping"):
        read_catalogue(broken, {})


def test_a_code_that_stands_twice_is_refused() -> None:
    broken = source()
    broken["exams"].append(broken["exams"][1])
    with pytest.raises(CatalogueFault, match="twice"):
        read_catalogue(broken, {})


def test_a_normal_option_that_is_not_an_option_is_refused() -> None:
    broken = source()
    hiv = next(exam for exam in broken["exams"] if exam["id"] == "HIV")
    hiv["normal"] = ["N"]
    with pytest.raises(CatalogueFault, match="options"):
        read_catalogue(broken, {})


def test_every_plausibility_limit_names_a_component() -> None:
    codes = {part.code for exam in CATALOGUE.exams for part in exam.components}
    assert set(load_exact(FOLDER / "plausibility.yaml")) <= codes


def test_no_limit_on_file_is_itself_impossible() -> None:
    for exam in CATALOGUE.exams:
        for part in exam.components:
            for each in part.ranges:
                for number in each.limits.numbers():
                    assert part.plausible is None or part.plausible.holds(number), part.code


def test_a_derived_exam_brings_what_it_is_derived_from() -> None:
    derived = CATALOGUE.find("TFG")
    assert derived is not None
    assert [part.code for part in derived.components] == ["CREA", "TFG"]
    assert derived.specimen_pt == "Soro"


def test_sensitive_classes_and_embargoes_are_read() -> None:
    hiv, sodium = CATALOGUE.find("HIV"), CATALOGUE.find("NA")
    assert hiv is not None
    assert sodium is not None
    assert (hiv.sensitive, hiv.embargo) == ("hiv_ist", Embargo.DEFAULT)
    assert (sodium.sensitive, sodium.embargo) == (None, Embargo.NONE)


def test_a_document_is_a_text_to_be_written() -> None:
    pathology = CATALOGUE.find("AP")
    assert pathology is not None
    assert pathology.components[0].type is ResultType.TEXT


def test_the_lifecycle_describes_every_state_in_both_languages() -> None:
    assert set(LIFECYCLE.states) == set(State)
    assert all(info.pt and info.en for info in LIFECYCLE.states.values())


def test_only_a_releaser_releases() -> None:
    by = LIFECYCLE.transitions[State.COMPLETED, State.RELEASED].by
    assert by == frozenset({Role.RELEASER})


def test_a_lifecycle_that_leaves_a_state_out_is_refused() -> None:
    with pytest.raises(ValueError, match="every state"):
        read_lifecycle({"states": {}, "transitions": []})
