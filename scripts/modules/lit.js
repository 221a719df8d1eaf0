// What the panels use of Lit, as one module: the browser's import map and tsconfig.json call this file "lit".
export * from "lit-element/lit-element.js";
export * from "lit/directives/class-map.js";
export * from "lit/directives/guard.js";
export * from "lit/directives/if-defined.js";
export * from "lit/directives/keyed.js";
export * from "lit/directives/live.js";
export * from "lit/directives/ref.js";
export * from "lit/directives/repeat.js";
export * from "lit/directives/when.js";
