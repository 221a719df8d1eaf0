// What the panels use of Lit, as one module: the browser's import map and tsconfig.json call this file "lit".
export { LitElement, css, html, noChange, nothing, render, svg } from "lit-element/lit-element.js";
export { classMap } from "lit-html/directives/class-map.js";
export { guard } from "lit-html/directives/guard.js";
export { ifDefined } from "lit-html/directives/if-defined.js";
export { keyed } from "lit-html/directives/keyed.js";
export { live } from "lit-html/directives/live.js";
export { createRef, ref } from "lit-html/directives/ref.js";
export { repeat } from "lit-html/directives/repeat.js";
export { when } from "lit-html/directives/when.js";
