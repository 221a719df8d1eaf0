"""What a run refuses to do, as facts that the server can put into the viewer's language."""

from typing import Any

from engine.errors import N_

TEMPLATES = {
    "run_finished": N_("This run has done all its steps. Reset it to train again."),
    "run_diverged": N_("This run has diverged and stopped. Reset it, with a smaller learning rate, to train again."),
    "run_failed": N_("This run failed and stopped. Reset it to train again."),
    "run_too_large": N_(
        "This network and its minibatches would take {megabytes} MB of memory; here a run may take {most} MB. "
        "Choose a smaller network or smaller minibatches."
    ),
    "memory_full": N_(
        "This network and its minibatches would take {megabytes} MB of memory. All runs together may take {most} MB "
        "here, and {left} MB of them are left. Choose a smaller network or smaller minibatches."
    ),
    "unknown_tensor": N_("There is no tensor {where} in this network."),
    "index_out_of_range": N_("{where} has {count} entries along its first axis; {index} is not one of them."),
    "not_computed_yet": N_("{where} is not computed yet: train a step first."),
    "too_many_values": N_("That is {count} values at once; at most {most} can be asked for."),
    "not_finite": N_("The network's numbers are too large by now: what it computes for this image is not finite."),
    "reads_no_digits": N_("This run learns from other data than digits of 28 × 28 pixels; it cannot read a drawing."),
    "no_such_class": N_("There is no class {label} here; classes are numbered 0 to {most}."),
    "copy_gone": N_("This copy of the network is not there any more."),
    "not_tested_yet": N_("The network has not been tested on held-out examples yet."),
    "nothing_learned": N_("This copy has learned nothing that could be taken back."),
    "lesson_too_long_ago": N_("Only the last {count} lessons can be taken back one by one, or all of them at once."),
    "lesson_diverges": N_(
        "This lesson leads to numbers that are not finite, so nothing was changed. Choose a smaller learning rate."
    ),
    "unreadable_drawings": N_("These drawings cannot be read: each is 784 bytes in base64, with a label."),
    "too_many_drawings": N_("A copy can be given at most {most} drawings."),
    "no_drawings": N_("There is no drawing to practise on yet."),
    "practising": N_("This copy is practising already."),
    "practice_ended": N_("The practice was given up: its copy was taught or taken back meanwhile."),
    "not_opened": N_("Step {opened} is not open any more: open a step anew."),
    "nothing_there": N_("There is nothing of that kind in the opened step: {where}."),
    "unreadable_file": N_("This is not a safetensors file that can be read."),
    "other_data": N_("This network was trained on the data set {dataset}, which has another shape here."),
    "no_such_example": N_("The {where} split has {count} examples; {index} is not one of them."),
}


class RunRefusal(Exception):
    """A command that cannot be carried out; nothing was changed."""

    def __init__(self, code: str, where: str = "", **params: Any) -> None:
        self.code = code
        self.where = where
        self.template = TEMPLATES[code]
        self.params: dict[str, Any] = {"where": where, **params}
        super().__init__(self.template.format(**self.params))
