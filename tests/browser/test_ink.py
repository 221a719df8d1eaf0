"""Ink in the browser: what was drawn can be kept, read again and taken back, whatever was done."""

import hypothesis.strategies as st
from hypothesis import given, settings

EXAMPLES = 60

PART = st.floats(-0.05, 1.05)
POINT = st.fixed_dictionaries({"x": PART, "y": PART, "pressure": st.floats(0.35, 1.45)})
STROKE = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["ink", "eraser"]),
        "width": st.floats(0.02, 0.14),
        "points": st.lists(POINT, min_size=1, max_size=12),
    }
)
DEEDS = st.lists(st.one_of(STROKE, st.just("undo"), st.just("clear"), st.just("lay")), max_size=12)

WITH_INK = """async (given) => {
    const { Ink, MOST_POINTS } = await import("/static/js/sketch/ink.js");
    const { pictureOfDigit } = await import("/static/js/sketch/picture.js");
    const bar = Uint8Array.from({ length: 784 }, (_, i) => (Math.abs((i %% 28) - 12) < 3 ? i %% 251 : 0));
    const picture = pictureOfDigit(bar);
    const draw = (ink, { kind, width, points: [first, ...rest] }) => {
        ink.begin(kind, width, first);
        for (const point of rest) ink.extend(point);
        ink.end();
    };
    const done = (deeds) => {
        const ink = new Ink();
        for (const deed of deeds) typeof deed === "string" ? ink[deed](picture) : draw(ink, deed);
        return ink;
    };
    %s
}"""


def test_what_is_kept_is_read_again_as_it_was(visit):
    page = visit("/draw")
    script = WITH_INK % (
        "const ink = done(given); const again = Ink.read(ink.write());"
        "const laid = (one) => one.picture && JSON.stringify(one.picture);"
        "if (laid(ink) !== laid(again)) throw new Error('another picture');"
        "return [ink.write(), again.write(), ink.strokes, again.strokes, ink.points, again.points];"
    )

    @settings(max_examples=EXAMPLES)
    @given(DEEDS)
    def law(deeds):
        written, rewritten, strokes, restrokes, points, repoints = page.evaluate(script, deeds)
        assert written == rewritten
        assert strokes == restrokes
        assert points == repoints == sum(len(stroke["points"]) for stroke in strokes)

    law()


def test_undo_takes_back_the_last_stroke_or_clearing(visit):
    page = visit("/draw")
    script = WITH_INK % (
        "const [deeds, stroke] = given; const ink = done(deeds); const seen = [ink.strokes];"
        "if (stroke) draw(ink, stroke); else ink.clear(); seen.push(ink.strokes); ink.undo(); seen.push(ink.strokes);"
        "return seen;"
    )

    @settings(max_examples=EXAMPLES)
    @given(DEEDS, st.one_of(STROKE, st.none()))
    def law(deeds, stroke):
        before, between, after = page.evaluate(script, [deeds, stroke])
        if stroke is None and not before:
            return  # an empty pad is not cleared, so nothing of that can be undone
        assert between == [] if stroke is None else len(between) == len(before) + 1
        assert after == before

    law()


def test_no_more_points_are_kept_than_a_pad_holds(visit):
    page = visit("/draw")
    kept, most, refused = page.evaluate(
        WITH_INK
        % (
            "const ink = new Ink(); let refused = 0;"
            "for (let i = 0; i < given; i += 1) {"
            "  const point = { x: (i % 97) / 97, y: (i % 89) / 89, pressure: 1 };"
            "  if (!(i % 1000 ? ink.extend(point) : ink.begin('ink', 0.1, point))) refused += 1;"
            "} return [ink.points, MOST_POINTS, refused];"
        ),
        1_000_000,
    )
    assert kept == most == 20_000
    assert refused > 900_000  # all but those that lie where the last one does


def test_what_is_no_ink_is_read_as_an_empty_pad(visit):
    page = visit("/draw")
    script = WITH_INK % "return Ink.read(given).strokes;"

    @settings(max_examples=EXAMPLES)
    @given(st.one_of(st.none(), st.text(), st.just("[[1]]"), st.just('[[1,2,3,4,"5"]]'), st.just('{"a":1}')))
    def law(text):
        assert page.evaluate(script, text) == []

    law()
