/** The entry of the page one draws on: brings in its panels, then connects and begins to ask. */
import "./views/language-switch.js";
import "./views/theme-switch.js";
import "./reading/reading-status.js";
import "./reading/draw-notice.js";
import "./reading/reader-choice.js";
import "./sketch/sketch-pad.js";
import "./reading/reading-answer.js";
import "./reading/seen-strip.js";
import "./reading/like-it.js";
import "./reading/lit-network.js";
import "./lesson/teach-card.js";
import "./collection/collection-card.js";
import "./practice/practice-card.js";
import "./challenge/challenge-strip.js";
import "./challenge/challenge-card.js";

import { recall } from "./challenge/turns.js";
import { gather } from "./collection/gathering.js";
import { connect } from "./connection.js";
import { teach } from "./lesson/lesson.js";
import { followReader } from "./reading/address.js";
import { ask } from "./reading/asking.js";
import { seated } from "./workshop/seat.js";

if (seated()) {
  followReader();
  ask();
  teach();
  void gather();
  recall();
  connect();
}
