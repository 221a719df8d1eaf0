"""What the engine refuses, and how it says so.

    EngineError
    ├── Refusal              a value from outside is not acceptable
    │   ├── SpecError        a run spec or a hyper-parameter
    │   ├── DataError        a data file
    │   └── CheckpointError  a stored checkpoint
    └── Diverged             training produced a number that is not finite

A refusal carries facts: `code` (a stable id), `where` (a path such as "layers[2].units"), and an English
`template` with its `params`, so that a caller can translate the template and fill in the same params.
"""

from typing import Any


class EngineError(Exception):
    """Anything the engine raises on purpose."""


def N_(template: str) -> str:
    """Mark a template for the message catalogues; the text itself stays English here."""
    return template


TEMPLATES: dict[str, str] = {
    # a run spec or a hyper-parameter
    "not_an_object": N_("{where} must be an object with named fields."),
    "not_a_list": N_("{where} must be a list."),
    "unknown_field": N_("{where} is not a known field."),
    "missing_field": N_("{where} is missing."),
    "not_a_string": N_("{where} must be text."),
    "not_an_integer": N_("{where} must be a whole number."),
    "not_a_number": N_("{where} must be a finite number."),
    "unknown_choice": N_("{where} must be one of {choices}."),
    "unknown_dataset": N_("There is no data set with the name {name}."),
    "too_many_features": N_("At most {most} features may be chosen, not {count}."),
    "too_many_layers": N_("A network may have at most {most} hidden layers, not {count}."),
    "units_out_of_range": N_("The number of units in {where} must be between {least} and {most}."),
    "batch_size_out_of_range": N_("The minibatch size must be between {least} and {most}."),
    "seed_out_of_range": N_("The seed must be between {least} and {most}."),
    "max_steps_out_of_range": N_("The number of steps must be between {least} and {most}."),
    "learning_rate_out_of_range": N_("The learning rate must be more than 0 and at most {most}."),
    "momentum_out_of_range": N_("The momentum must be between {least} and {most}."),
    "epsilon_out_of_range": N_("Epsilon must be between {least} and {most}."),
    "weight_decay_out_of_range": N_("The weight decay must be between {least} and {most}."),
    "learning_rate_decay_out_of_range": N_("The decay of the learning rate must be between {least} and {most}."),
    "too_many_parameters": N_("The network would have {count} parameters; at most {most} are allowed."),
    "too_many_activations": N_(
        "A minibatch would have {count} activations in all layers together; at most {most} are allowed."
    ),
    "too_many_multiplications": N_(
        "A step would take {count} multiplications; at most {most} are allowed. "
        "Choose smaller minibatches, kernels or layers."
    ),
    "out_of_range": N_("{where} must be between {least} and {most}."),
    "fixed_in_a_run": N_("{where} cannot be changed during a run."),
    "no_features": N_("{where} must name at least one feature."),
    "repeated_feature": N_("{where} names the feature {feature} a second time."),
    "too_few_for_classes": N_(
        "{count} examples, {test} of them held out, are too few for each of the {classes} classes to be in both parts."
    ),
    "read_not_made": N_("The data set {name} is read from files, not made."),
    "augmentation_needs_images": N_("Only images can be varied by {where}; this data set has none."),
    "batch_larger_than_data": N_("The minibatch size {batch_size} is more than the {count} examples of the data set."),
    "image_expected": N_("{where} works on images, but what reaches it is a row of numbers."),
    "row_expected": N_("{where} works on rows of numbers, but an image reaches it; a flatten layer goes between them."),
    "kernel_larger_than_image": N_(
        "The kernel of {where}, {kernel} × {kernel}, is larger than the image with its padding, {height} × {width}."
    ),
    "pool_larger_than_image": N_(
        "The window of {where}, {size} × {size}, is larger than the image, {height} × {width}."
    ),
    "skip_too_long": N_("{where} goes back {skip} layers, but there are only {count} below it."),
    "residual_shapes": N_("{where} adds numbers of the shape {skipped} to others of the shape {added}."),
    "loss_needs_classes": N_("The loss {name} compares classes; this data set has numbers as its targets."),
    "softmax_needed": N_("The loss {name} has no softmax, so there are no forces of its probabilities on the outputs."),
    "fault_not_possible": N_("The fault {name} would change nothing in this network."),
    "step_not_in_history": N_("There is no going to step {step}; the history of this run has steps {least} to {most}."),
    "too_many_changes": N_("The history of this run is full, with {count} changes; it takes no more."),
    # a data file
    "file_missing": N_("The data file {where} does not exist."),
    "file_too_large": N_("The data file {where} is larger than {most} bytes."),
    "not_gzip": N_("The data file {where} is not a complete gzip file."),
    "wrong_magic": N_("The data file {where} does not start with the IDX mark of unsigned bytes."),
    "wrong_rank": N_("The data file {where} has {count} dimensions; between 1 and {most} are allowed."),
    "dimensions_too_large": N_("The data file {where} announces more than {most} bytes of data."),
    "file_too_short": N_("The data file {where} ends after {count} bytes; its header announces {expected}."),
    "trailing_bytes": N_("The data file {where} goes on after the {expected} bytes its header announces."),
    "wrong_shape": N_("The data file {where} has shape {shape}; {expected} was expected."),
    "wrong_digest": N_("The data file {where} is not the file it should be: its SHA-256 digest is different."),
    "file_unreadable": N_("The data file {where} cannot be read."),
    "not_utf8": N_("Line {row} of {where} is not UTF-8 text."),
    "no_examples": N_("{where} has no examples."),
    "not_images": N_("The data file {where} has {count} dimensions; images have 3: number, height and width."),
    "image_size_out_of_range": N_(
        "The images in {where} are {height} pixels high and {width} wide; between 1 and {most} are allowed."
    ),
    "one_class": N_("All examples in {where} are of one class; at least two classes are needed."),
    "too_many_classes": N_("There are more than {most} classes in {where}; for a regression, name the column target."),
    "empty_class": N_(
        "There is no example of class {label} in {where}; classes are numbered 0 to {most} without a gap."
    ),
    "class_too_small": N_(
        "The class {name} in {where} has one example; one to train with and one to test with are needed."
    ),
    "unknown_label": N_("Example {row} in {where} has the label {label}, which no training example has."),
    "wrong_class_count": N_("{where} names {count} classes; there are {expected}."),
    "bad_class_name": N_("{name} in {where} cannot be the name of a class: 1 to {most} printable characters can."),
    "repeated_class_name": N_("{where} names the class {name} twice."),
    "broken_csv": N_("Line {row} of {where} cannot be read as comma-separated values."),
    "ragged_row": N_("Line {row} of {where} has {count} values; the first line has {expected}."),
    "not_numeric": N_("Column {column} in line {row} of {where} is not a number."),
    "number_not_finite": N_("Column {column} in line {row} of {where} is not a finite number, or too large a one."),
    "too_many_rows": N_("{where} has more than {most} lines."),
    "too_many_columns": N_("{where} has {count} columns; at most {most} are allowed."),
    "no_inputs": N_("{where} has no column but the label or target."),
    "bad_column_name": N_("{name} in {where} cannot be the name of a column: 1 to {most} printable characters can."),
    "repeated_column": N_("{where} has two columns with the name {name}."),
    "label_and_target": N_("{where} has a column label and a column target; there can be one of them."),
    "too_few_examples": N_("{where} has one example; one to train with and one to test with are needed."),
    "no_examples_of_class": N_("There is no example of the class {name} in {where}."),
    "unknown_data": N_("{where} is neither a CSV file nor a folder of images."),
    "unexpected_file": N_("{where} is not an image in the folder of a class."),
    "broken_image": N_("The image {where} cannot be read."),
    "image_too_large": N_("The image {where} has more than {most} pixels."),
    "picture_too_many_bytes": N_("The image {where} has more than {most} bytes."),
    "images_too_large": N_("The images in {where} together have more than {most} pixels."),
    "files_too_large": N_("The files in {where} together have more than {most} bytes."),
    "too_many_files": N_("There are more than {most} files in {where}."),
    "row_not_finite": N_("Row {row} of {where} has a number that is not finite."),
    "no_ink": N_("There is nothing drawn."),
    "all_ink": N_("There is nothing but ink, so nothing can be seen in it."),
    "image_side_out_of_range": N_("The image is {width} × {height} pixels; a side may have 1 to {most}."),
    # a stored checkpoint
    "wrong_format": N_("This is not a checkpoint of a format this version reads."),
    "wrong_metadata": N_("The description in the checkpoint is damaged: {where}."),
    "wrong_tensors": N_("The checkpoint has the wrong tensors; {where} is missing or not expected."),
    "wrong_tensor_shape": N_("The tensor {where} of the checkpoint has shape {shape}; {expected} was expected."),
    "wrong_tensor_type": N_("The tensor {where} of the checkpoint holds {dtype}; {expected} was expected."),
    "not_finite": N_("The tensor {where} of the checkpoint holds numbers that are not finite or too large."),
}
"""Every sentence of refusal, by its code: the one place where they are written and found for translation."""


class Refusal(EngineError):
    """A value from outside is not acceptable; says which, where and why."""

    def __init__(self, code: str, where: str, **params: Any) -> None:
        self.code = code
        self.where = where
        self.template = TEMPLATES[code]
        self.params: dict[str, Any] = {"where": where, **params}
        self.message = self.template.format(**self.params)
        super().__init__(self.message)

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions are rebuilt from `args` (the message) otherwise, which is not what __init__ takes.
        return (_rebuilt, (type(self), self.code, self.params))


def _rebuilt(kind: type[Refusal], code: str, params: dict[str, Any]) -> Refusal:
    return kind(code, **params)


class SpecError(Refusal):
    """A run spec or a hyper-parameter is not acceptable."""


class DataError(Refusal):
    """A data file is not what it should be."""


class CheckpointError(Refusal):
    """A stored checkpoint is not what it should be."""


class Diverged(EngineError):
    """Training produced a number that is not finite; the parameters are still the last finite ones.

    `step` is the number of updates done (the failed one is not among them); `tensor` is the address of the first
    bad tensor in the order of computation, such as "dense2.z", "loss" or "dense1.dL_dW".
    """

    def __init__(self, step: int, tensor: str) -> None:
        self.step = step
        self.tensor = tensor
        super().__init__(step, tensor)

    def __str__(self) -> str:
        return f"training diverged after step {self.step}: {self.tensor} is not finite"
