"""The waist: ids, patches, tolerant reading, and what a model is shown of a spec."""

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.spec import Part, Source, Spec, dump, parse_json, patch, read_prefix, walk, written_schema


class Item(Part):
    label: str = Field(description="A few words.")
    value: float | None = None
    values: tuple[float, ...] = ()
    children: tuple["Item", ...] = ()


class Sample(Spec):
    """A list of things."""

    kind: Literal["sample"] = "sample"
    items: list[Item] = Field(description="The things.")


def sample(**more: object) -> Sample:
    return Sample.model_validate({"title": "T", "items": [{"label": "a", "value": 1}, {"label": "b", "children": [{"label": "c"}]}]} | more)


def test_every_part_has_an_id_of_kind_and_ordinal_in_reading_order() -> None:
    assert [part.id for part in walk(sample())] == ["sample1", "item1", "item2", "item3"]


def test_ids_that_are_there_stay_and_new_ones_do_not_clash() -> None:
    spec = Sample.model_validate({"items": [{"label": "new"}, {"label": "old", "id": "item1"}]})
    assert [item.id for item in spec.items] == ["item2", "item1"]


def test_json_both_ways_gives_the_same_spec() -> None:
    spec = patch(sample(), [{"id": "item1", "set": {"value": 2}}])
    assert Sample.model_validate(dump(spec)) == spec


def test_a_model_is_never_asked_for_what_is_ours() -> None:
    schema = written_schema(Sample)
    assert list(schema["properties"]) == ["title", "items"]
    assert set(schema["properties"]["items"]["items"]["properties"]) == {"label", "value", "values", "children"}


def test_an_edit_keeps_the_old_figure_and_says_who_changed_it() -> None:
    spec = patch(sample(), [{"id": "item1", "set": {"value": 7}}])
    assert spec.items[0].value == 7
    assert spec.sources["item1.value"] == Source(kind="edited", old="1.0")
    assert spec.version == 2


def test_an_item_is_added_after_another_and_removed() -> None:
    spec = patch(sample(), [{"id": "item1", "add_after": {"label": "between"}}, {"id": "item2", "remove": True}])
    assert [item.label for item in spec.items] == ["a", "between"]


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        ({"id": "nope", "set": {"label": "x"}}, "no part `nope`"),
        ({"id": "item1", "set": {"label": 3}}, "does not fit"),
        ({"id": "item1", "set": {"id": "x"}}, "cannot be set"),
        ({"id": "item1"}, "says nothing"),
        ({"id": "sample1", "remove": True}, "not in a list"),
        ({"set": {}}, "cannot be read"),
    ],
)
def test_an_edit_that_does_not_fit_is_refused_with_the_reason(edit: dict[str, object], says: str) -> None:
    with pytest.raises(SpecProblem, match=says):
        patch(sample(), [edit])


WHOLE = '{"title": "Seven", "items": [{"label": "one", "value": 1.5}, {"label": "two \\u00e9", "children": [{"label": "x"}]}]}'


@given(st.integers(0, len(WHOLE)))
def test_every_prefix_gives_nothing_or_a_valid_beginning_of_the_whole(cut: int) -> None:
    whole = read_prefix(WHOLE, Sample)
    assert whole is not None
    early = read_prefix(WHOLE[:cut], Sample)
    if early is not None:
        assert whole.title.startswith(early.title)
        assert len(early.items) <= len(whole.items)


def test_prefixes_grow_and_the_last_is_the_whole() -> None:
    sizes = [len(spec.items) for cut in range(len(WHOLE) + 1) if (spec := read_prefix(WHOLE[:cut], Sample))]
    assert sizes == sorted(sizes)
    assert sizes[-1] == 2


def test_what_a_model_made_up_is_left_out_and_the_rest_kept() -> None:
    spec = read_prefix('{"items": [{"label": "a", "colour": "red"}, {"label": 5}, {"label": "c"}], "mood": "calm"}', Sample)
    assert spec is not None
    assert [item.label for item in spec.items] == ["a", "c"]


@given(st.text())
def test_reading_a_prefix_never_raises(words: str) -> None:
    read_prefix(words, Sample)
    read_prefix('{"items": ' + words, Sample)


@pytest.mark.parametrize("words", ["", "{", "[1,", "nul", "[" * 100_000, '{"a":' * 5_000, '"\\ud800'])
def test_what_is_not_json_is_refused_in_one_sentence(words: str) -> None:
    with pytest.raises(SpecProblem) as refused:
        parse_json(words)
    assert "\n" not in str(refused.value)
