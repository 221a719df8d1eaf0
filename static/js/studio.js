/** The Studio's entry: brings in every panel, then connects. */
import "./views/connection-status.js";
import "./views/language-switch.js";
import "./views/theme-switch.js";
import "./views/help-dialog.js";
import "./views/notice-bar.js";
import "./views/transport-bar.js";
import "./views/time-slider.js";
import "./views/opened-step.js";
import "./views/run-figures.js";
import "./views/lens-switch.js";
import "./views/run-configuration.js";
import "./views/data-classes.js";
import "./views/run-file.js";
import "./views/hint-card.js";
import "./views/picture-sentence.js";
import "./views/network-picture.js";
import "./views/unit-inspector.js";
import "./views/studio-sketch.js";
import "./views/loss-chart.js";
import "./views/accuracy-chart.js";
import "./views/gradient-ladder.js";
import "./views/digit-gallery.js";

import { connect } from "./connection.js";
import { listenToKeys } from "./keyboard.js";
import { followAddress } from "./address.js";
import { seated } from "./workshop/seat.js";

if (seated()) {
  followAddress();
  listenToKeys();
  connect();
}
