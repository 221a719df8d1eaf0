// Made from app/protocol by `python -m app.protocol.typescript`; change it there.

/** The version this page speaks. */
export type ProtocolVersion = 3;

/** Where a run is in its life. */
export type Status = "idle" | "running" | "paused" | "diverged" | "finished" | "failed";

/** A part of a tensor: one entry along its first axis (one unit), or all of it. */
export interface Slice {
  /** an address such as dense1.W */
  tensor: string;
  index: number | null;
}

/** A dense layer of a run spec. */
export interface DenseFields {
  kind: "dense";
  units: number;
  activation: string;
}

/** A convolutional layer of a run spec. */
export interface ConvFields {
  kind: "conv";
  channels: number;
  kernel: number;
  stride: number;
  padding: number;
  activation: string;
}

/** A pooling layer of a run spec. */
export interface PoolFields {
  kind: "max_pool" | "average_pool";
  size: number;
  stride: number;
}

/** A layer of a run spec that makes rows of images. */
export interface FlattenFields {
  kind: "flatten";
}

/** A dropout layer of a run spec. */
export interface DropoutFields {
  kind: "dropout";
  rate: number;
}

/** A normalizing layer of a run spec. */
export interface NormFields {
  kind: "batch_norm" | "layer_norm";
  activation: string;
}

/** A residual addition of a run spec. */
export interface ResidualFields {
  kind: "residual";
  /** how many layers it goes past */
  skip: number;
  activation: string;
}

/** The data set of a run spec; what follows the name is for those that are made. */
export interface DatasetFields {
  name: string;
  count: number;
  noise: number;
  test_share: number;
  arms: number;
  features: string[];
  seed: number;
}

/** How far training images are varied at random, at most. */
export interface AugmentationFields {
  /** pixels */
  shift: number;
  /** degrees */
  rotation: number;
  /** share of the size */
  scale: number;
  /** standard deviation, as a share of white */
  noise: number;
}

/** The loss of a run spec. */
export interface LossFields {
  name: string;
  label_smoothing: number;
  huber_delta: number;
}

/** The optimizer of a run spec with its hyper-parameters and the schedule of its learning rate. */
export interface OptimizerFields {
  name: string;
  learning_rate: number;
  momentum: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  weight_decay: number;
  l1: number;
  /** 0: gradients are not clipped */
  clip_norm: number;
  schedule: string;
  schedule_steps: number;
  schedule_factor: number;
  warmup_steps: number;
  learning_rate_decay: number;
}

/** A training run as plain data; the engine's `RunSpec` checks it. */
export interface RunSpec {
  dataset: DatasetFields;
  augmentation: AugmentationFields;
  layers: (DenseFields | ConvFields | PoolFields | FlattenFields | DropoutFields | NormFields | ResidualFields)[];
  output_activation: string;
  loss: LossFields;
  initializer: string;
  optimizer: OptimizerFields;
  batch_size: number;
  seed: number;
  precision: string;
  max_steps: number | null;
}

/** Why a run stopped by itself: the first tensor that was not finite, after so many good steps. */
export interface Divergence {
  step: number;
  tensor: string;
}

/** The example that is shown, and whether someone pinned it. */
export interface Shown {
  split: "train" | "test";
  index: number;
  pinned: boolean;
}

/** The steps of a run that one can go to. */
export interface History {
  beginning: number;
  present: number;
  /** whether the run stands at a step of its past; training on begins a branch */
  visiting: boolean;
}

/** One example of an opened step's minibatch. */
export interface OpenedExample {
  /** in the training split */
  index: number;
  label: number | null;
  prediction: number | null;
  /** its own, not divided by the size of the minibatch */
  loss: number | null;
}

/** A tensor of parameters. */
export interface ParameterInfo {
  address: string;
  shape: number[];
}

/** Something that is wrong with a layer, from measured values; kinds and causes are those of `engine.health`. */
export interface Finding {
  kind: string;
  layer: string;
  cause: string;
  /** the numbers it was concluded from */
  evidence: Record<string, number | null>;
  /** which units or channels; none where it is about the whole layer */
  units: number[];
}

/** A run as its viewers see it; sent whenever anything changes but the step and, by itself, the shown example. */
export interface RunState {
  run: string;
  status: Status;
  step: number;
  epoch: number;
  spec: RunSpec;
  /** how many weights and biases */
  parameters: number;
  /** the pace that is set; None: full speed */
  steps_per_second: number | null;
  divergence: Divergence | null;
  shown: Shown | null;
  history: History | null;
}

/** One layer of the architecture. Only the units in `shown` are in frames; the others can be inspected. */
export interface LayerInfo {
  name: string;
  kind: string;
  /** of its output: [units], or [channels, height, width] */
  shape: number[];
  /** how many units it has, or channels */
  units: number;
  /** numbers that go into each of its units; 0 where there are no weights */
  inputs: number;
  /** softmax for outputs that the loss makes probabilities */
  activation: string;
  /** indices of the units that frames hold */
  shown: number[];
}

/** What a tensor in a frame is. Its value is data * scale for int8, data for the others. */
export interface TensorInfo {
  id: number;
  /** the address: layer and quantity, such as dense1.W */
  name: string;
  layer: string | null;
  quantity: string;
  part: "units" | "matrices";
  shape: number[];
  encoding: "int8" | "uint8" | "float32";
  meaning: string;
}

/** Fixed held-out images whose predictions are in each frame of units; none where examples are no images. */
export interface Gallery {
  /** in the test split */
  indices: number[];
  labels: number[];
  /** base64 of the grey values of one image after the other */
  images: string;
}

/** What made data lie on: a line for one coordinate, a plane for two. Frames hold the network's response over it. */
export interface Plane {
  dimensions: number;
  /** points of the grid along each dimension, from `least` to `most`; rows go downwards */
  side: number;
  least: number;
  most: number;
  /** x1 and x2, or x */
  coordinates: string[];
  /** base64 of float32, `dimensions` for each of some training examples */
  train_points: string;
  /** base64 of float32: the class of each, or its target value */
  train_answers: string;
  /** likewise of held-out examples */
  test_points: string;
  test_answers: string;
}

/** What frames of one architecture hold; sent once, named by `id` in each frame. */
export interface Manifest {
  id: number;
  run: string;
  dataset: string;
  task: "classification" | "regression";
  /** of one example: [channels, height, width] of an image, else [inputs] */
  input_shape: number[];
  /** height and width; None where examples are no images */
  image_shape: number[] | null;
  /** names of the inputs where examples are no images */
  features: string[];
  /** none for regression */
  classes: string[];
  outputs: number;
  /** whether the tensor `probs` holds probabilities, not the outputs themselves */
  probabilities: boolean;
  train_count: number;
  test_count: number;
  steps_per_epoch: number;
  layers: LayerInfo[];
  tensors: TensorInfo[];
  /** names of the columns of the tensor `statistics` */
  statistics: string[];
  gallery: Gallery;
  plane: Plane | null;
}

/** The loss curve at one step. */
export interface TrainingPoint {
  step: number;
  epoch: number;
  /** mean over this step's minibatch, before its update */
  loss: number;
  /** exponential average of the steps' losses */
  smoothed_loss: number;
  /** exponential average of the minibatches' accuracy; None for regression */
  accuracy: number | null;
}

/** A test of the network on the whole held-out split. */
export interface HeldOutPoint {
  step: number;
  epoch: number;
  /** None where it overflowed */
  loss: number | null;
  /** None for regression, like `correct` */
  accuracy: number | null;
  correct: number | null;
  count: number;
}

/** A data set that a run may be configured with. */
export interface DatasetChoice {
  name: string;
  task: "classification" | "regression";
  /** made from count, noise, test_share and seed, rather than read */
  made: boolean;
  /** as in the manifest; [] where it is as many as there are features */
  input_shape: number[];
  /** 0 where it is as many as there are arms */
  outputs: number;
  /** that may be chosen; none where inputs are fixed */
  features: string[];
  has_arms: boolean;
}

/** What a configuration may be; the page offers no more. */
export interface Limits {
  layers: number;
  units: number;
  parameters: number;
  batch_size: number;
  learning_rate: number;
  activations: string[];
  optimizers: string[];
  initializers: string[];
  layer_kinds: string[];
  losses: string[];
  /** those that make sense for classes only */
  losses_of_classes: string[];
  schedules: string[];
  datasets: DatasetChoice[];
}

/** Exact values of a slice, row by row. None stands for a number that is not finite. */
export interface InspectedSlice {
  tensor: string;
  index: number | null;
  shape: number[];
  values: (number | null)[];
}

/** One signed number for each pixel: data * scale. */
export interface PixelMap {
  /** base64 of int8 */
  data: string;
  scale: number;
}

/** A training digit that looks like the drawing. */
export interface NearDigit {
  /** in MNIST's training split */
  index: number;
  label: number;
  /** Euclidean, over the 784 grey values as 0 to 1 */
  distance: number;
  /** base64 of 784 grey values */
  image: string;
}

/** The smallest change that was found which makes the network read its second choice; tried with the network. */
export interface RunnerUp {
  prediction: number;
  /** base64 of 784 grey values */
  image: string;
  /** Euclidean length of the change, grey values as 0 to 1 */
  size: number;
  /** that change by more than a tenth of white */
  pixels: number;
  probs: number[];
}

/** What a step of some length would make of the probability of the taught class. */
export interface RatePoint {
  learning_rate: number;
  prob: number;
  prediction: number;
}

/** How far one step would move one layer. */
export interface LayerMove {
  layer: string;
  parameters: number;
  /** how many of them change at all */
  moved: number;
  gradient_rms: number;
  /** of the squared length of the whole step */
  share: number;
}

/** A weight that one step would move far. */
export interface WeightMove {
  address: string;
  index: number[];
  before: number;
  after: number;
}

/** How many of some images are read rightly. */
export interface Score {
  correct: number;
  count: number;
}

/** Where practice was after so many steps, the first time before any. */
export interface PracticePoint {
  step: number;
  /** mean over this step's minibatch; None before the first one */
  loss: number | null;
  /** of the held-out drawings */
  held_out: Score;
  /** of the first of MNIST's held-out digits */
  mnist: Score;
}

/** Someone in a workshop. */
export interface PersonInfo {
  id: string;
  name: string;
  role: "host" | "member";
}

/** What the host's run read in a drawing. */
export interface WallReading {
  prediction: number;
  /** of what it read */
  prob: number;
  /** of the run, when it read */
  step: number;
}

/** A drawing on the wall. */
export interface WallDrawing {
  id: string;
  /** who drew it */
  person: PersonInfo;
  /** what they say it is */
  label: number;
  /** base64 of 784 grey values */
  image: string;
  admitted: boolean;
  /** None where it was not read, or the run reads no such images */
  reading: WallReading | null;
}

/** The wall as all in the workshop know it. */
export interface WallState {
  open: boolean;
  count: number;
  admitted: number;
  /** whether a copy is being trained on it now */
  training: boolean;
}

/** What training a copy of the host's run on the wall did. */
export interface WallTrained {
  /** of the run that was copied */
  step: number;
  steps: number;
  learning_rate: number;
  mnist_share: number;
  /** the admitted drawings that were trained on, before */
  trained_on: Score;
  trained_on_after: Score;
  /** every third admitted drawing, never trained on, before */
  held_out: Score;
  held_out_after: Score;
  /** MNIST's held-out digits, before */
  mnist: Score;
  mnist_after: Score;
  curve: PracticePoint[];
  checksum_before: string;
  checksum: string;
  /** whether it is in the place of the host's run now */
  adopted: boolean;
}

/** How a question was decided. */
export interface Decision {
  /** the right one; None where the host says that none is */
  option: number | null;
  /** how many answered so */
  right: number;
  /** of the measurement; None where the host decided, like the next two */
  step: number | null;
  /** the loss, the accuracy, or how many of that class were misread */
  measured: number | null;
  /** misread held-out examples of each class, where it was about these */
  counts: number[] | null;
  /** of the opened step: the weight or loss before it; what is measured is that after it */
  before: number | null;
  /** of the loss by the weight that was asked about */
  gradient: number | null;
}

/** A question, as one person sees it. */
export interface Asked {
  id: string;
  question: OwnWords | LossBelow | AccuracyAbove | MostConfused | WeightMoves | LossFalls;
  open: boolean;
  /** how many have answered */
  answers: number;
  /** of how many who are here */
  members: number;
  mine: number | null;
  /** answers for each option; None while it is open */
  histogram: number[] | null;
  decision: Decision | null;
}

/** A question that was asked before, as the host sees it. */
export interface EarlierQuestion {
  id: string;
  question: OwnWords | LossBelow | AccuracyAbove | MostConfused | WeightMoves | LossFalls;
  /** when, in milliseconds since 1970; 0: nobody knows */
  asked: number;
  answers: number;
  histogram: number[];
  /** None: it was never decided */
  decision: Decision | null;
}

/** Somebody's best attempt. */
export interface Entry {
  person: PersonInfo;
  /** held-out examples read rightly after exactly the challenge's steps */
  correct: number;
  count: number;
  /** the set-up in words */
  layers: string[];
  optimizer: string;
  learning_rate: number;
  batch_size: number;
  parameters: number;
  /** that were finished */
  attempts: number;
}

/** How one's own attempt does. */
export interface OwnAttempt {
  running: boolean;
  /** why the last one did not count */
  failed: "" | "diverged" | "changed";
  /** of one's best attempt, from 1; None: there is none yet */
  rank: number | null;
}

/** The challenge as one person sees it. */
export interface Challenge {
  open: boolean;
  steps: number;
  dataset: string;
  entries: number;
  /** the best first: for members the first of them, for the host all */
  board: Entry[];
  /** attempts under way now */
  running: number;
  mine: OwnAttempt;
}

/** Where in an opened step somebody is: the idea, and the example and the weight that run through all of them. */
export interface StepPlace {
  idea: "minibatch" | "forces" | "chain" | "votes" | "outer" | "blame" | "ladder" | "check" | "anatomy" | "promise" | "slice" | "cost";
  example: number;
  /** of the tensor that the weight is in */
  address: string;
  /** of the weight in it */
  index: number[];
  /** that is blamed; None: the one that the weight meets */
  input: number | null;
  /** the output whose rope is looked at; None: that of the true class */
  rope: number | null;
  /** of the slice */
  direction: "update" | "gradient" | "random";
  /** of the parameters that are checked; None: the one weight */
  seed: number | null;
}

/** The opened step that all see now. */
export interface ShownStep {
  opening: string;
  step: number;
  /** id of the manifest of the run as it was opened */
  manifest: number;
  /** whether it can't be asked about any more but for what was asked before */
  gone: boolean;
  place: StepPlace;
}

/** What the host looks at, and those who follow with them. */
export interface Presented {
  lens: string;
  layer: string | null;
  unit: number | null;
}

/** Where a viewer is in a workshop, and who they are. */
export interface Seat {
  person: PersonInfo;
  /** whose run they see: the host's, their own, or one in the spotlight */
  place: "host" | "own" | "spotlight";
  /** whether a run of their own waits for them */
  has_own: boolean;
}

/** A workshop as all in it see it. */
export interface WorkshopState {
  code: string;
  mode: "follow" | "explore";
  locked: boolean;
  task: string;
  host: PersonInfo;
  host_here: boolean;
  spotlight: PersonInfo | null;
  presented: Presented | null;
  /** the opened step that all see who see the run that all see */
  opened: ShownStep | null;
  /** how many are here now, the host not counted */
  members: number;
  wall: WallState;
}

/** A member as the host's page shows them. */
export interface MemberCard {
  person: PersonInfo;
  here: boolean;
  place: "host" | "own" | "spotlight";
  /** status of the run of their own; empty where they have none */
  run: string;
  /** whether the run is not loaded: all of this is as it was last seen */
  asleep: boolean;
  step: number;
  /** smoothed, over minibatches */
  loss: number | null;
  /** on held-out examples, as last measured */
  accuracy: number | null;
  /** the set-up in words: 784, 32 relu, 10 */
  layers: string[];
  learning_rate: number | null;
  /** smoothed loss at up to 32 steps, evenly spread over the run */
  curve: number[];
  /** kinds of what is wrong with the run */
  findings: string[];
  /** base64 of int8: weights of up to 4 first-layer units as images; empty: none; null: as told before */
  tiles: string | null;
  tile_shape: number[];
  tile_scale: number;
}

export type LayerFields =
  | DenseFields
  | ConvFields
  | PoolFields
  | FlattenFields
  | DropoutFields
  | NormFields
  | ResidualFields;

/** The chain rule of one parameter for one example: `engine.explain.factors.Factors`. */
export interface AskFactors {
  about: "factors";
  address: string;
  index: number[];
  example: number;
}

/** What each example adds to the gradient by one parameter: `engine.explain.votes.Votes`. */
export interface AskVotes {
  about: "votes";
  address: string;
  index: number[];
}

/** From the gradient by one parameter to its update: `engine.explain.anatomy.UpdateAnatomy`. */
export interface AskAnatomy {
  about: "anatomy";
  address: string;
  index: number[];
}

/** Gradients against central differences in float64: `checks`, of `engine.explain.gradient_check.GradientCheck`. */
export interface AskCheck {
  about: "check";
  /** None: some at random */
  address: string | null;
  index: number[];
  count: number;
  seed: number;
}

/** The change of the loss that the gradient promised, and what came: `engine.explain.promise.Promise`. */
export interface AskPromise {
  about: "promise";
}

/** How the gradient grows or shrinks from layer to layer: `engine.explain.gains.Ladder`. */
export interface AskLadder {
  about: "ladder";
}

/** Multiply-adds of the step, and of finite differences instead: `engine.explain.cost.StepCost`. */
export interface AskCost {
  about: "cost";
}

/** The strongest paths from the loss to one input: `engine.explain.paths.Blame`. */
export interface AskBlame {
  about: "blame";
  input: number;
  example: number;
}

/** What goes into one row of a dense layer's gradient: `engine.explain.outer_products.OuterProduct`. */
export interface AskOuterProduct {
  about: "outer_product";
  layer: string;
  unit: number;
  example: number;
}

/** The forces at the softmax for one example: `engine.explain.forces.SoftmaxForces`. */
export interface AskForces {
  about: "forces";
  example: number;
}

/** The loss of the minibatch along one direction: `engine.explain.slices.LineSlice`, without the vector. */
export interface AskSlice {
  about: "slice";
  direction: "update" | "gradient" | "random";
  /** of a random direction */
  seed: number;
}

/** A question that the host wrote. */
export interface OwnWords {
  about: "own_words";
  text: string;
  options: string[];
}

/** Will the smoothed training loss at this step be below the threshold? Options: yes, no. */
export interface LossBelow {
  about: "loss_below";
  step: number;
  threshold: number;
}

/** Will the held-out accuracy, as first measured at this step or later, be above the threshold? Options: yes, no. */
export interface AccuracyAbove {
  about: "accuracy_above";
  step: number;
  threshold: number;
}

/** Of which digit will most held-out examples be read wrongly at this step or later? Options: the ten digits. */
export interface MostConfused {
  about: "most_confused";
  step: number;
}

/** Which way will the opened step move this weight? Options: up, down, not at all. */
export interface WeightMoves {
  about: "weight_moves";
  step: number;
  /** of the tensor that the weight is in */
  address: string;
  index: number[];
}

/** Will the loss on its own minibatch be lower after the opened step than before it? Options: yes, no. */
export interface LossFalls {
  about: "loss_falls";
  step: number;
}

export type AnyClassQuestion =
  | OwnWords
  | LossBelow
  | AccuracyAbove
  | MostConfused
  | WeightMoves
  | LossFalls;

/** The first message of a socket: which room, and what the page already knows (after a reconnect). */
export interface Hello {
  /** echoed as reply_to */
  id?: number | null;
  type: "hello";
  protocol: number;
  room?: string;
  language?: string;
  /** of the last welcome */
  epoch?: string | null;
  /** of the last numbered event received */
  seq?: number | null;
  /** of a workshop; it says which room as well */
  token?: string | null;
}

/** Replace the run by a new one with this spec; it starts as the old one was: running or paused. */
export interface Configure {
  /** echoed as reply_to */
  id?: number | null;
  type: "configure";
  /** a RunSpec; checked by the engine, which names what is wrong where */
  spec: RunSpec;
}

/** Train, at the pace that is set. */
export interface Play {
  /** echoed as reply_to */
  id?: number | null;
  type: "play";
}

/** Stop training after the step under way. */
export interface Pause {
  /** echoed as reply_to */
  id?: number | null;
  type: "pause";
}

/** Train for exactly so many minibatches or epochs, then pause. */
export interface Step {
  /** echoed as reply_to */
  id?: number | null;
  type: "step";
  unit?: "minibatch" | "epoch";
  count?: number;
}

/** Go back to step 0 with the same seed, or with another. */
export interface Reset {
  /** echoed as reply_to */
  id?: number | null;
  type: "reset";
  /** None: the same again; the engine names its bounds */
  seed?: number | null;
}

/** Change hyper-parameters from the next step on, without a reset. */
export interface Set {
  /** echoed as reply_to */
  id?: number | null;
  type: "set";
  /** such as learning_rate, by name; the schedule's name is text */
  values: Record<string, number | string>;
}

/** Set how fast the run trains while it plays. */
export interface Pace {
  /** echoed as reply_to */
  id?: number | null;
  type: "pace";
  /** None: as fast as it can */
  steps_per_second: number | null;
}

/** Go to a step of the run's past, or back to its present; the run pauses there. Training on begins a branch. */
export interface Seek {
  /** echoed as reply_to */
  id?: number | null;
  type: "seek";
  /** within the state's `history` */
  step: number;
}

/** Say what this viewer looks at; frames hold that and no more. */
export interface Watch {
  /** echoed as reply_to */
  id?: number | null;
  type: "watch";
  /** which matrices of each layer */
  matrices?: ("W" | "dL_dW" | "update")[];
  /** most frames a second with units */
  units_rate?: number;
  /** most frames a second with matrices */
  matrices_rate?: number;
}

/** Pin the example that is shown, or let it change by itself again. */
export interface Show {
  /** echoed as reply_to */
  id?: number | null;
  type: "show";
  split?: "train" | "test";
  /** None: examples of the minibatches, in turn */
  index?: number | null;
}

/** Ask for exact values, in float32, of parts of named tensors. */
export interface Inspect {
  /** echoed as reply_to */
  id?: number | null;
  type: "inspect";
  slices: Slice[];
}

/** Ask what the run's data set holds: how many of each class, and what a class looks like on average. */
export interface DescribeData {
  /** echoed as reply_to */
  id?: number | null;
  type: "describe_data";
}

/** Ask which held-out examples are read as what, as last tested. */
export interface DescribeMistakes {
  /** echoed as reply_to */
  id?: number | null;
  type: "describe_mistakes";
}

/** Have this step on the curve of training, however fast the run goes: somebody asks what its loss will be. */
export interface Mark {
  /** echoed as reply_to */
  id?: number | null;
  type: "mark";
  step: number;
}

/** Ask what a network that reads drawings is, with the weights between its shown units. */
export interface OpenNetwork {
  /** echoed as reply_to */
  id?: number | null;
  type: "open_network";
  network?: string;
}

/** Ask what a network, as it is now, reads in an image made as MNIST's were. */
export interface Predict {
  /** echoed as reply_to */
  id?: number | null;
  type: "predict";
  /** 28 rows of 28 grey values, light on dark */
  pixels: number[];
  network?: string;
  /** what it is, for the way back; None: what the network reads */
  label?: number | null;
  /** whether the answer holds a frame of all units, forward and back */
  frame?: boolean;
}

/** Ask why a network answers as it does, how near the drawing is to digits, and what would make it answer else. */
export interface Explain {
  /** echoed as reply_to */
  id?: number | null;
  type: "explain";
  pixels: number[];
  network?: string;
}

/** Ask what one step on this drawing alone would do; it is made on a copy, nothing changes. */
export interface PreviewLesson {
  /** echoed as reply_to */
  id?: number | null;
  type: "preview_lesson";
  pixels: number[];
  label: number;
  learning_rate: number;
  network?: string;
}

/** Take steps of gradient descent on this drawing alone, in a copy: a new one of `network`, or `copy` itself. */
export interface Teach {
  /** echoed as reply_to */
  id?: number | null;
  type: "teach";
  pixels: number[];
  label: number;
  learning_rate: number;
  /** what is copied; the copy's own name goes on with the copy */
  network: string;
  copy_name: string;
  /** at most, where it ends when it agrees */
  steps?: number;
  until_agrees?: boolean;
}

/** Undo lessons of a copy, bit for bit; after the first one is undone the copy is what it was made from. */
export interface TakeBack {
  /** echoed as reply_to */
  id?: number | null;
  type: "take_back";
  copy_name: string;
  /** None: all of them */
  lessons?: number | null;
}

/** Give drawings to a copy, to practise on; the first piece replaces those it had. */
export interface KeepDrawings {
  /** echoed as reply_to */
  id?: number | null;
  type: "keep_drawings";
  copy_name: string;
  /** what is copied by the first piece; the copy's own name goes on with it */
  network: string;
  first: boolean;
  /** base64 of 784 grey values each */
  images: string;
  labels: number[];
  /** whether it is only tested with */
  held_out: boolean[];
}

/** Train a copy on the drawings it was given, alone or mixed with MNIST, and measure what it gained and forgot. */
export interface Practise {
  /** echoed as reply_to */
  id?: number | null;
  type: "practise";
  copy_name: string;
  steps: number;
  learning_rate: number;
  /** of each minibatch */
  mnist_share: number;
}

/** Put a copy in the place of the room's run, paused, to be looked at and trained on. */
export interface Adopt {
  /** echoed as reply_to */
  id?: number | null;
  type: "adopt";
  copy_name: string;
}

/** Make the run's next step apart from it, whole, and keep it for questions; the run itself is left alone. */
export interface OpenStep {
  /** echoed as reply_to */
  id?: number | null;
  type: "open_step";
}

/** Ask about the opened step; the answer is the engine's, field by field. */
export interface Ask {
  /** echoed as reply_to */
  id?: number | null;
  type: "ask";
  /** the opened step that is meant; refused if it is another by now */
  step: number;
  question: AskFactors | AskVotes | AskAnatomy | AskCheck | AskPromise | AskLadder | AskCost | AskBlame | AskOuterProduct | AskForces | AskSlice;
}

/** Say which frame was painted last: the server keeps only a few unpainted frames on the way. */
export interface Ack {
  /** echoed as reply_to */
  id?: number | null;
  type: "ack";
  frame: number;
}

/** Take a copy of the host's run, as it is now, into a room of one's own, and go there; or go back to that room. */
export interface Fork {
  /** echoed as reply_to */
  id?: number | null;
  type: "fork";
  /** copy the host's run again over one's own */
  anew?: boolean;
}

/** Go back to the host's run; one's own run waits. */
export interface Follow {
  /** echoed as reply_to */
  id?: number | null;
  type: "follow";
}

/** Say what the host looks at: those who follow are shown the same, until the host presents nothing any more. */
export interface Present {
  /** echoed as reply_to */
  id?: number | null;
  type: "present";
  /** none: nothing is presented */
  lens: "activations" | "gradients" | "weights" | "updates" | null;
  /** of the selected unit; x is the input */
  layer?: string | null;
  unit?: number | null;
}

/** Say where in the opened step one is, or that it is closed: those who see the same run are shown the same. */
export interface ShowStep {
  /** echoed as reply_to */
  id?: number | null;
  type: "show_step";
  opening: string;
  /** None: it is closed */
  place: StepPlace | null;
}

/** Ask for the opened step that all see; the answer is `opened`, as who opened it was told. */
export interface LookAtStep {
  /** echoed as reply_to */
  id?: number | null;
  type: "look_at_step";
}

/** Put a task on every screen; an empty one takes it away. */
export interface SetTask {
  /** echoed as reply_to */
  id?: number | null;
  type: "set_task";
  text: string;
}

/** Have everyone follow the host, or let them explore on their own. */
export interface SetMode {
  /** echoed as reply_to */
  id?: number | null;
  type: "set_mode";
  mode: "follow" | "explore";
}

/** Let no one new in, or open the door again; who is in may come back in any case. */
export interface Lock {
  /** echoed as reply_to */
  id?: number | null;
  type: "lock";
  locked: boolean;
}

/** Show one member's run on everyone's screen, or the host's again. */
export interface Spotlight {
  /** echoed as reply_to */
  id?: number | null;
  type: "spotlight";
  person: string | null;
}

/** Make a member the host; the host becomes a member. */
export interface HandOver {
  /** echoed as reply_to */
  id?: number | null;
  type: "hand_over";
  person: string;
}

/** Send a member away for good. */
export interface Remove {
  /** echoed as reply_to */
  id?: number | null;
  type: "remove";
  person: string;
}

/** End the workshop for all; its runs are deleted. */
export interface CloseWorkshop {
  /** echoed as reply_to */
  id?: number | null;
  type: "close_workshop";
}

/** Let members hang drawings, or no more; what hangs stays. */
export interface OpenWall {
  /** echoed as reply_to */
  id?: number | null;
  type: "open_wall";
  open: boolean;
}

/** Hang a drawing on the wall, and say what it is. */
export interface HangDrawing {
  /** echoed as reply_to */
  id?: number | null;
  type: "hang_drawing";
  pixels: number[];
  label: number;
}

/** Take a drawing off the wall: a member one of their own, the host any. */
export interface TakeDown {
  /** echoed as reply_to */
  id?: number | null;
  type: "take_down";
  drawing: string;
}

/** Let drawings be trained on, or not any more. */
export interface Admit {
  /** echoed as reply_to */
  id?: number | null;
  type: "admit";
  drawings: string[];
  admitted: boolean;
}

/** Have the wall's drawings sent, now and whenever they change, or no more. */
export interface LookAtWall {
  /** echoed as reply_to */
  id?: number | null;
  type: "look_at_wall";
  looking: boolean;
}

/** Have all drawings read again, by the host's run as it is now. */
export interface ReadWall {
  /** echoed as reply_to */
  id?: number | null;
  type: "read_wall";
}

/** Train a copy of the host's run on the admitted drawings, mixed with MNIST, and measure gain and loss. */
export interface TrainOnWall {
  /** echoed as reply_to */
  id?: number | null;
  type: "train_on_wall";
  steps: number;
  learning_rate: number;
  /** of each minibatch */
  mnist_share: number;
}

/** Put the copy that was trained on the wall in the place of the host's run. */
export interface AdoptWall {
  /** echoed as reply_to */
  id?: number | null;
  type: "adopt_wall";
}

/** Ask all members; the question before is over, and remembered if anybody answered it. */
export interface AskClass {
  /** echoed as reply_to */
  id?: number | null;
  type: "ask_class";
  question: OwnWords | LossBelow | AccuracyAbove | MostConfused | WeightMoves | LossFalls;
}

/** Answer the question, or change one's answer while it is open. */
export interface AnswerClass {
  /** echoed as reply_to */
  id?: number | null;
  type: "answer_class";
  question: string;
  option: number;
}

/** Take no more answers and show what was answered; the run may decide now. */
export interface CloseAnswers {
  /** echoed as reply_to */
  id?: number | null;
  type: "close_answers";
  question: string;
}

/** Say which answer to a question of one's own words is right; None: none is, or the opened step decides. */
export interface Decide {
  /** echoed as reply_to */
  id?: number | null;
  type: "decide";
  question: string;
  option: number | null;
}

/** Take the question off all screens: one that is open is taken back, any other is remembered with its answers. */
export interface DropQuestion {
  /** echoed as reply_to */
  id?: number | null;
  type: "drop_question";
  question: string;
}

/** Challenge the class, on the data set that the host's run has now; one before is over. */
export interface BeginChallenge {
  /** echoed as reply_to */
  id?: number | null;
  type: "begin_challenge";
  steps: number;
}

/** Take no more attempts; the board stays. Once more: take the board away. */
export interface EndChallenge {
  /** echoed as reply_to */
  id?: number | null;
  type: "end_challenge";
}

/** Begin one's own run anew and train exactly the challenge's steps, with the set-up that it has. */
export interface Attempt {
  /** echoed as reply_to */
  id?: number | null;
  type: "attempt";
}

/** Ask for the server's time, to know how old a frame is. */
export interface Clock {
  /** echoed as reply_to */
  id?: number | null;
  type: "clock";
  sent: number;
}

export type Command =
  | Hello
  | Configure
  | Play
  | Pause
  | Step
  | Reset
  | Set
  | Pace
  | Seek
  | Watch
  | Show
  | Inspect
  | DescribeData
  | DescribeMistakes
  | Mark
  | OpenNetwork
  | Predict
  | Explain
  | PreviewLesson
  | Teach
  | TakeBack
  | KeepDrawings
  | Practise
  | Adopt
  | OpenStep
  | Ask
  | Ack
  | Fork
  | Follow
  | Present
  | ShowStep
  | LookAtStep
  | SetTask
  | SetMode
  | Lock
  | Spotlight
  | HandOver
  | Remove
  | CloseWorkshop
  | OpenWall
  | HangDrawing
  | TakeDown
  | Admit
  | LookAtWall
  | ReadWall
  | TrainOnWall
  | AdoptWall
  | AskClass
  | AnswerClass
  | CloseAnswers
  | Decide
  | DropQuestion
  | BeginChallenge
  | EndChallenge
  | Attempt
  | Clock;

/** The answer to hello: everything a page needs to draw at once. The last frames follow it. */
export interface Welcome {
  reply_to: number | null;
  type: "welcome";
  protocol: number;
  version: string;
  room: string;
  viewer: string;
  /** changes when the server can't vouch that nothing was missed */
  epoch: string;
  seq: number;
  /** whether only what was missed follows; else the page forgets what it had */
  resumed: boolean;
  /** server time, milliseconds since 1970 */
  time: number;
  manifest: Manifest | null;
  state: RunState | null;
  training: TrainingPoint[];
  held_out: HeldOutPoint[];
  /** what is wrong with the run, as last told */
  findings: Finding[];
  /** whether the run could be saved when that was last tried */
  saving: boolean;
  limits: Limits | null;
}

/** A new architecture: the frames that follow are read by this manifest. The history starts anew. */
export interface ManifestChanged {
  seq: number;
  type: "manifest";
  manifest: Manifest;
}

/** The run changed: it plays, pauses, diverges, has another pace, spec or hyper-parameter. */
export interface StateChanged {
  seq: number;
  type: "state";
  state: RunState;
}

/** New points of the curves, in order of step. */
export interface MetricsAdded {
  seq: number;
  type: "metrics";
  training: TrainingPoint[];
  held_out: HeldOutPoint[];
}

/** Other things are wrong with the run than before, or nothing any more. */
export interface HealthChanged {
  seq: number;
  type: "health";
  step: number;
  findings: Finding[];
}

/** The run went back: the points from `step` on no longer hold. */
export interface HistoryCleared {
  seq: number;
  type: "rewound";
  step: number;
}

/** Something happened that all should know; the page has a sentence for each code. */
export interface Notice {
  seq: number;
  type: "notice";
  code: "worker_restarted" | "worker_lost" | "checkpoint_failed" | "checkpoint_works" | "draining";
}

/** How many viewers the room has. */
export interface Viewers {
  seq: number;
  type: "viewers";
  count: number;
}

/** What part of a training process the run has: the newest replaces what was known, so it carries no number. */
export interface Share {
  type: "share";
  /** how many runs train in that process, this one among them if it does */
  among: number;
  /** the part of the process's time that this run used in the last second */
  share: number;
}

/** The command was carried out. */
export interface Done {
  reply_to: number | null;
  type: "done";
}

/** The command was not carried out; nothing was changed. */
export interface Refused {
  reply_to: number | null;
  type: "error";
  code: string;
  /** a sentence in the viewer's language */
  message: string;
  /** the field or part that is wrong, or an empty text */
  where: string;
}

/** Exact values. */
export interface Inspection {
  reply_to: number | null;
  type: "inspection";
  step: number;
  slices: InspectedSlice[];
}

/** What the run's data set holds; nothing of classes where it is a regression. */
export interface DataDescribed {
  reply_to: number | null;
  type: "data";
  dataset: string;
  /** examples of each class in the training split */
  train_counts: number[];
  test_counts: number[];
  /** base64 of the grey values of each class's mean training image; empty for no images */
  means: string;
}

/** How the whole held-out split was read when it was last tested; rows are labels, columns what was read. */
export interface MistakesDescribed {
  reply_to: number | null;
  type: "mistakes";
  step: number;
  /** counts; empty for a regression */
  confusion: number[][];
}

/** A network that reads drawings. Its frames are read by this manifest. */
export interface NetworkOpened {
  reply_to: number | null;
  type: "network";
  network: string;
  step: number;
  manifest: Manifest;
  /** base64 of a frame with W, as the socket would send it */
  matrices: string;
  /** first 16 hexadecimal digits of SHA-256 over parameters and buffers */
  checksum: string;
  parameters: number;
  /** of MNIST's held-out digits, where that was measured; else None */
  correct: number | null;
  count: number | null;
  /** taught to this copy and not taken back */
  lessons: number;
  /** how many of them can be taken back one by one */
  undoable: number;
}

/** What a network reads in an image. */
export interface Prediction {
  reply_to: number | null;
  type: "prediction";
  network: string;
  step: number;
  prediction: number;
  probs: number[];
  /** of the probabilities, in bits: 0 is certain, 3.32 knows nothing of ten */
  entropy: number;
  /** its own, by the label; None: not asked for, or not finite */
  loss: number | null;
  checksum: string;
  /** base64 of a frame of units by the network's manifest; split is drawing */
  frame: string;
}

/** Why a network answers as it does. */
export interface Explanation {
  reply_to: number | null;
  type: "explanation";
  network: string;
  step: number;
  prediction: number;
  /** integrated gradients of the read class's logit, from a blank image */
  saliency: PixelMap;
  /** sum of the saliency less what it should add up to */
  completeness_gap: number;
  logit: number;
  /** the same logit for an empty image, where the sum begins */
  blank_logit: number;
  /** of the same logit by each pixel, at the drawing: not the saliency */
  gradient: PixelMap;
  /** of all training digits, the nearest first; none without MNIST */
  nearest: NearDigit[];
  /** share of MNIST's held-out digits that are nearer to their nearest training digit */
  farther_than: number | null;
  /** None where none was found */
  runner_up: RunnerUp | null;
}

/** What one step on a drawing alone would do; nothing has changed. */
export interface LessonPreview {
  reply_to: number | null;
  type: "lesson_preview";
  network: string;
  step: number;
  /** of the weights, before and after this answer */
  checksum: string;
  label: number;
  learning_rate: number;
  loss: number;
  before: number[];
  after: number[];
  /** steps of other lengths along the same gradient, each really taken */
  curve: RatePoint[];
  layers: LayerMove[];
  /** those that would move farthest */
  weights: WeightMove[];
}

/** Lessons were taken, or taken back. */
export interface Taught {
  reply_to: number | null;
  type: "taught";
  copy_name: string;
  /** steps of gradient descent that were taken now */
  steps: number;
  /** whether the copy now reads the label; None after taking back */
  agrees: boolean | null;
  /** probabilities of the drawing; none after taking back */
  before: number[];
  after: number[];
  checksum_before: string;
  checksum: string;
  lessons: number;
  undoable: number;
}

/** The copy has these drawings to practise on. */
export interface DrawingsKept {
  reply_to: number | null;
  type: "drawings_kept";
  copy_name: string;
  /** of each class */
  train_counts: number[];
  held_out_counts: number[];
}

/** How far a practice is, for the viewer who asked for it; told when that changes, before `Practised`. */
export interface PracticeProgress {
  type: "practice_progress";
  copy_name: string;
  /** practices of others that come first; 0: it is under way */
  before: number;
  /** of the whole practice */
  steps: number;
  /** so far; empty while the network is tested before the first step */
  curve: PracticePoint[];
}

/** What practice did. */
export interface Practised {
  reply_to: number | null;
  type: "practised";
  copy_name: string;
  steps: number;
  curve: PracticePoint[];
  /** those it was trained on */
  drawings_before: Score;
  drawings_after: Score;
  held_out_before: Score;
  held_out_after: Score;
  /** all of MNIST's held-out digits */
  mnist_before: Score;
  mnist_after: Score;
  checksum_before: string;
  checksum: string;
  lessons: number;
  undoable: number;
}

/** A step was made apart from its run, whole; it can be asked about until another one is opened. */
export interface Opened {
  reply_to: number | null;
  type: "opened";
  /** how many updates are done once it is */
  step: number;
  /** which opening it is, where a class may be shown it; else empty */
  opening: string;
  /** mean over its minibatch, before its update */
  loss: number;
  learning_rate: number;
  batch_size: number;
  /** the first of the minibatch, at most 64 */
  examples: OpenedExample[];
  /** base64 of the grey values of their inputs, as they were seen, varied */
  images: string;
  parameters: ParameterInfo[];
}

/** The answer to a question about an opened step: the engine's dataclass, field by field. None: not finite. */
export interface Answer {
  reply_to: number | null;
  type: "answer";
  step: number;
  about: string;
  answer: Record<string, unknown>;
}

/** The server's time, and the time the browser sent along. */
export interface ClockRead {
  reply_to: number | null;
  type: "clock";
  sent: number;
  time: number;
}

/** The workshop, and one's seat in it; sent after `welcome` and whenever it changes. */
export interface Workshop {
  type: "workshop";
  state: WorkshopState;
  seat: Seat;
}

/** For the host: the members who changed since the last of these, or all of them at first. */
export interface Members {
  type: "members";
  cards: MemberCard[];
  /** ids of those who are no members any more */
  gone: string[];
  /** whether these are all members, and who else was known is none */
  whole: boolean;
}

/** The viewer is out: the workshop was closed, or they were removed. The socket closes after it. */
export interface SentAway {
  type: "sent_away";
  reason: "closed" | "removed";
}

/** For the host, every few seconds: how the server does. What is counted, is since the one before. */
export interface ServerStatus {
  type: "server_status";
  /** pages that watch, of all workshops */
  viewers: number;
  /** sent to each of them, on average */
  frames_per_second: number;
  /** milliseconds from taking a frame to sending it: 95 of 100 were not older; None: none was sent */
  frame_age: number | null;
  /** frames that newer ones replaced before they could be sent */
  dropped: number;
  /** the part of the training processes' time that runs use */
  training_share: number;
  /** the part of the memory that is in use; None: unknown */
  memory_share: number | null;
}

/** For who looks at the wall: the drawings that are new or changed since the last of these, or all at first. */
export interface Wall {
  type: "wall";
  /** whether what was known before is to be forgotten */
  whole: boolean;
  drawings: WallDrawing[];
  gone: string[];
  /** of all that were read: rows what it is said to be, columns as read */
  confusion: number[][];
  trained: WallTrained | null;
  /** of the training that is under way */
  progress: PracticeProgress | null;
}

/** The question that is asked now, or None; sent after `welcome` and whenever it changes. */
export interface Vote {
  type: "vote";
  asked: Asked | null;
}

/** For the host: what was asked before, in that order; sent after `welcome` and when there is one more. */
export interface EarlierQuestions {
  type: "earlier_questions";
  questions: EarlierQuestion[];
}

/** The challenge, or None; sent after `welcome` and when it changes. */
export interface Contest {
  type: "contest";
  challenge: Challenge | null;
}

/** Sent when nothing else was for a while, so that the page knows the link is alive. */
export interface Heartbeat {
  type: "heartbeat";
  time: number;
}

export type ServerEvent =
  | Welcome
  | ManifestChanged
  | StateChanged
  | MetricsAdded
  | HealthChanged
  | HistoryCleared
  | Notice
  | Viewers
  | Share
  | Done
  | Refused
  | Inspection
  | DataDescribed
  | MistakesDescribed
  | NetworkOpened
  | Prediction
  | Explanation
  | LessonPreview
  | Taught
  | DrawingsKept
  | PracticeProgress
  | Practised
  | Opened
  | Answer
  | ClockRead
  | Workshop
  | Members
  | SentAway
  | ServerStatus
  | Wall
  | Vote
  | EarlierQuestions
  | Contest
  | Heartbeat;

/** One tensor of a frame. */
export type Tensor = [id: number, scale: number, data: Uint8Array];

/** The example whose units are shown: an address in the data set, and what the network reads in it. */
export interface Example {
  split: string;
  index: number;
  label: number | null;
  targets: number[];
  prediction: number | null;
  loss: number | null;
}

/** One look at a run at one step: all of it is from the same parameters. */
export interface Frame {
  v: number;
  part: "units" | "matrices";
  n: number;
  manifest: number;
  run: string;
  step: number;
  epoch: number;
  time: number;
  steps_per_second: number;
  loss: number | null;
  accuracy: number | null;
  example: Example | null;
  tensors: Tensor[];
}
