/** One quiet line on every page of a workshop: the task, whose run one sees, and the way to another. */
import { html, nothing } from "lit";
import { send } from "../connection.js";
import { integer } from "../format.js";
import { _, ngettext } from "../i18n.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";
import { phrase } from "../views/phrase.js";
import { present, seesWithHost } from "./presenting.js";
import { CODE } from "./seat.js";

/**
 * @typedef {import("../protocol").WorkshopState} WorkshopState
 * @typedef {import("../protocol").Seat} Seat
 */

class MemberStrip extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["workshop", "seat", "ownView", "connection"];

  /** @override */
  static properties = { busy: { state: true }, sure: { state: true } };

  constructor() {
    super();
    this.busy = false;
    /** Whether one was asked if one's own run may be copied over. */
    this.sure = false;
  }

  /** @override */
  render() {
    const { workshop, seat } = store.state;
    if (!workshop || !seat) return html`<div class="strip" aria-hidden="true"></div>`;
    const host = seat.person.role === "host";
    return html`<section class="strip" data-testid="strip" data-place=${seat.place} aria-label=${_("Workshop")}>
      ${workshop.task ? html`<p class="strip-task" data-testid="task"><span>${_("Task")}</span> ${workshop.task}</p>` : nothing}
      <p class="strip-place" role="status" data-testid="place">${host ? hostWords(workshop, seat) : memberWords(workshop, seat)}</p>
      <p class="strip-name" data-testid="own-name" title=${_("Your name here")}>${seat.person.name}</p>
      <div class="strip-actions">${toWall(workshop)}${host ? this.#hostActions(workshop) : this.#memberActions(workshop, seat)}</div>
    </section>`;
  }

  /** @param {WorkshopState} workshop */
  #hostActions(workshop) {
    const on = workshop.presented !== null;
    return html`${workshop.spotlight ? this.#button("end-spotlight", _("End the spotlight"), () => send({ type: "spotlight", person: null })) : nothing}
      <button class="toggle" data-testid="present" aria-pressed=${on ? "true" : "false"} ?disabled=${this.#off}
        title=${_("Those who follow see the lens and the unit that you look at")} @click=${() => present(!on)}>${on ? _("Presenting") : _("Present")}</button>
      <a class="button quiet" data-testid="to-class" href="/r/${CODE}/host">${_("The class")}</a>`;
  }

  /** @param {WorkshopState} workshop @param {Seat} seat */
  #memberActions(workshop, seat) {
    const free = workshop.mode === "explore";
    const back = () => send({ type: "follow" });
    if (seat.place === "own") {
      const starred = workshop.spotlight?.id === seat.person.id;
      if (this.sure) return this.#copyAnew(workshop);
      return html`${starred ? nothing : this.#button("follow", _("Back to {name}", { name: workshop.host.name }), back)}
        ${free && !starred ? this.#button("fork-anew", _("Fork anew…"), async () => void (this.sure = true), "quiet") : nothing}`;
    }
    return html`${store.state.ownView && (workshop.presented || workshop.opened) && seesWithHost()
        ? this.#button("host-view", hostView(workshop), async () => store.set({ ownView: false }), workshop.opened ? "" : "quiet")
        : nothing}
      ${free && seat.place === "host"
        ? this.#button("fork", seat.has_own ? _("To your own run") : _("Fork it"), () => send({ type: "fork" }), seat.has_own ? "" : "primary")
        : nothing}`;
  }

  /** @param {WorkshopState} workshop */
  #copyAnew(workshop) {
    return html`<span class="strip-sure">${_("Copy {name}’s run over yours? Yours is lost.", { name: workshop.host.name })}</span>
      ${this.#button("fork-anew-sure", _("Copy it"), () => send({ type: "fork", anew: true }))}
      ${this.#button("fork-anew-not", _("Keep mine"), async () => undefined, "quiet")}`;
  }

  get #off() {
    return this.busy || store.state.connection.phase !== "live";
  }

  /**
   * @param {string} testid
   * @param {string} name
   * @param {() => Promise<unknown>} act
   * @param {string} [kind]
   */
  #button(testid, name, act, kind = "") {
    const press = async () => {
      this.sure = false;
      this.busy = true;
      await act();
      this.busy = false;
    };
    return html`<button class=${kind} data-testid=${testid} ?disabled=${this.#off} @click=${press}>${name}</button>`;
  }
}

/** @param {WorkshopState} workshop */
function hostView({ host, spotlight, opened }) {
  return opened
    ? _("Look at step {step} with {name}", { step: integer(opened.step), name: (spotlight ?? host).name })
    : _("See what {name} looks at", { name: host.name });
}

/** The way to the class wall, where there is anything. @param {WorkshopState} workshop */
function toWall({ wall: { open, count } }) {
  return open || count > 0 ? html`<a class="button quiet" data-testid="to-wall" href="/r/${CODE}/wall">${_("The wall ({count})", { count: integer(count) })}</a>` : nothing;
}

/** @param {WorkshopState} workshop @param {Seat} seat */
function hostWords(workshop, seat) {
  const members = ngettext("{count} member", "{count} members", workshop.members, { count: integer(workshop.members) });
  if (seat.place === "spotlight" && workshop.spotlight) {
    return phrase(_("In the spotlight: {name}. All see this run."), { name: strong(workshop.spotlight.name) });
  }
  return workshop.mode === "follow" ? _("You lead, {members} follow.", { members }) : _("You lead, {members} may explore.", { members });
}

/** @param {WorkshopState} workshop @param {Seat} seat */
function memberWords(workshop, seat) {
  const name = strong(workshop.host.name);
  if (workshop.spotlight?.id === seat.person.id) return _("You are in the spotlight: everyone sees your run.");
  if (seat.place === "spotlight" && workshop.spotlight) return phrase(_("In the spotlight: {name}."), { name: strong(workshop.spotlight.name) });
  if (seat.place === "own") return phrase(_("Your own run, forked from {name}’s."), { name });
  if (!workshop.host_here) return phrase(_("You follow {name}, who is away."), { name });
  if (workshop.mode === "follow") return phrase(_("Everyone follows {name} now."), { name });
  return phrase(_("You follow {name}."), { name });
}

/** @param {string} name */
function strong(name) {
  return html`<b>${name}</b>`;
}

customElements.define("member-strip", MemberStrip);
