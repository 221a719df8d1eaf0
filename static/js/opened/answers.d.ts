/** What the server answers about an opened step: the dataclasses of engine/explain, field by field. null: not finite. */

/** A number with its address; `example` is null where all examples share it. */
export interface Addressed {
  address: string;
  index: number[];
  example: number | null;
  value: number;
}

export interface Term {
  factors: Addressed[];
  coefficient: number;
  value: number;
}

export interface LossSlope {
  loss: string;
  output: Addressed;
  prob: Addressed;
  target: Addressed;
  difference: number;
  own: number;
}

export interface Upstream {
  of: Addressed;
  terms: Term[];
  count: number;
  rest: number;
  loss: LossSlope | null;
}

export interface Product {
  place: number[];
  upstream: Upstream;
  slope: Addressed;
  dL_dz: Addressed;
  met: Addressed | null;
  met_value: number;
  value: number;
}

export interface Factors {
  address: string;
  index: number[];
  example: number;
  products: Product[];
  places: number;
  rest: number;
  value: number;
  others: number;
  gradient: number;
  mean_share: number;
}

export interface Votes {
  address: string;
  index: number[];
  votes: (number | null)[];
  gradient: number;
  sum: number;
  mean: number;
  agreement: number | null;
  cancellation: number | null;
  largest: number[];
}

export interface Anatomy {
  step: number;
  address: string;
  index: number[];
  optimizer: string;
  parameter_before: number;
  dL_dp: number;
  clip_factor: number;
  l2: number;
  l1: number;
  penalty_in_gradient: boolean;
  g: number;
  learning_rate: number;
  schedule_factor: number;
  rate: number;
  state_before: Record<string, number>;
  state_after: Record<string, number>;
  bias_corrections: Record<string, number>;
  update: number;
  parameter_after: number;
  shares: { scale: number; weight: number; memory: number; loss: number; l2: number; l1: number };
}

export interface Kink {
  where: string;
  kind: string;
  kink: number | null;
  count: number;
  index: number[];
  example: number;
}

export interface GradientCheck {
  address: string;
  index: number[];
  value: number;
  h: number;
  loss_above: number;
  loss_below: number;
  numeric: number;
  analytic: number;
  of_run: number;
  relative_error: number;
  relative_error_of_run: number;
  noise: number;
  kinks: Kink[];
}

export interface Checks {
  checks: GradientCheck[];
}

export interface LayerPromise {
  layer: string;
  promised: number;
  delivered: number;
  remainder: number;
  tensors: { address: string; promised: number }[];
}

export interface Promised {
  precision: string;
  loss_before: number;
  loss_after: number;
  promised: number;
  delivered: number;
  remainder: number;
  layers: LayerPromise[];
  interaction: number;
}

export interface LayerGain {
  layer: string;
  dL_da: number;
  dL_dz: number;
  dL_dx: number;
  slope_gain: number | null;
  weight_gain: number | null;
  gain: number | null;
  tensors: { address: string; value: number; gradient: number; update: number; update_ratio: number | null }[];
}

export interface Ladder {
  layers: LayerGain[];
  whole: number | null;
}

export interface Count {
  products: number;
  elementwise: number;
}

export interface StepCost {
  examples: number;
  parameters: number;
  layers: { name: string; kind: string; forward: Count; backward: Count }[];
  forward: Count;
  backward: Count;
  update: Count;
  finite_differences: Count;
}

export interface Path {
  units: number[];
  factors: Addressed[];
  value: number;
  share: number;
}

export interface Blame {
  to: Addressed;
  example: number;
  layers: string[];
  paths: Path[];
  total: number;
  gradient: number;
  remainder: number;
  absolute_total: number;
  share: number | null;
  count: number;
  open_count: number;
}

export interface OuterProduct {
  layer: string;
  unit: number;
  example: number;
  image_shape: number[] | null;
  x: number[];
  dL_dz: number;
  product: number[];
  sum: number[];
  gradient: number[];
  clip_factor: number;
  penalty: number[];
  rate: number;
  plain_update: number[];
  update: number[];
  memory: number[];
  before: number[];
  after: number[];
}

export interface Forces {
  logits: number[];
  probs: number[];
  targets: number[];
  dL_dp: (number | null)[];
  dp_dz: number[][];
  terms: number[][];
  dL_dz: number[];
  loss: number;
}

export interface LineSlice {
  direction: { name: string; seed: number | null };
  of_directions: number;
  shares: number[];
  losses: (number | null)[];
  loss_before: number;
  after: { coordinates: number[]; distance: number; loss: number };
}

/** What each question is answered with. */
export interface Answers {
  factors: Factors;
  votes: Votes;
  anatomy: Anatomy;
  check: Checks;
  promise: Promised;
  ladder: Ladder;
  cost: StepCost;
  blame: Blame;
  outer_product: OuterProduct;
  forces: Forces;
  slice: LineSlice;
}
