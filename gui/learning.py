"""What a person changed or thought of the answers, made into lessons for the router on this machine."""

from collections.abc import Iterator
from dataclasses import replace

from flipchart.gui.session import Session
from flipchart.models import router_learn
from flipchart.models.planner import query
from flipchart.models.router import FORMS
from flipchart.models.router_learn import Lesson
from flipchart.renderers.problem import Problem

EDITED = 0.3  # how sure an edit makes that the form was right: the person went on working with it
THUMB = 0.5  # and a thumb, which may be about the words or the look


def lessons(session: Session) -> Iterator[Lesson]:
    """One lesson for each answer whose form the person changed, or that they edited or rated; oldest first."""
    by_run: dict[str, list[dict[str, object]]] = {}
    for one in session.store.feedback():
        by_run.setdefault(str(one["run"]), []).append({"what": one["kind"], **one["value"]})
    for run, told in by_run.items():
        try:
            asked = session.request(run)
        except Problem:  # a file that it came with is gone
            continue
        changes = [one for one in told if one["what"] == "override"]
        if changes:
            wanted = str(changes[-1]["to"])
            refused = {str(one["from"]) for one in changes} - {wanted}
            found = Lesson(query(replace(asked, form=None)), frozenset({wanted}), frozenset(refused))
        else:
            shown = {visual.kind for visual in session.store.visuals(session.store.run(run).conversation) if visual.run == run} or {"text"}
            thumb = next((one["thumb"] for one in reversed(told) if one["what"] == "thumb"), "")
            if thumb == "down":
                found = Lesson(query(asked), frozenset(), frozenset(shown), THUMB)
            elif thumb == "up" or any(one["what"] == "edit" for one in told):
                found = Lesson(query(asked), frozenset(shown), frozenset(), THUMB if thumb else EDITED)
            else:
                continue
        if (found.yes | found.no) <= set(FORMS):
            yield found


def learn(session: Session) -> str:
    """Learn from them; returns what came of it as a few lines."""
    found = list(lessons(session))
    if not found:
        return "There is nothing to learn from yet: show an answer as another form, edit one, or rate one, then run this again."
    done = router_learn.learn(found)
    lines = [f"{'':<44}{'asked':>7}{'before':>8}{'after':>8}"]
    if done.judged:
        lines.append(f"{'your turns, each held out in its turn':<44}{done.judged:>7}{done.own_before:>8.0%}{done.own_after:>8.0%}")
    lines.append(f"{'shipped prompts, never trained on':<44}{done.guarded:>7}{done.all_before:>8.1%}{done.all_after:>8.1%}")
    said = "Learned from" if done.kept else "Nothing is changed, for it would go worse: looked at"
    lines.append(f"{said} {done.lessons} of your answers." + (" `flipchart learn --undo` takes it back." if done.kept else ""))
    return "\n".join(lines)
