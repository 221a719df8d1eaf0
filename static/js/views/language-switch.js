/** The other language: a link that the server answers, and remembers. */
import { html } from "lit";
import { language } from "../i18n.js";
import { Panel } from "../panel.js";

const OTHER = language === "en" ? { code: "zh-Hans", name: "中文" } : { code: "en", name: "English" };

class LanguageSwitch extends Panel {
  /** @override */
  render() {
    return html`<a
      class="button quiet"
      data-testid="language"
      lang=${OTHER.code}
      hreflang=${OTHER.code}
      href="?lang=${OTHER.code}"
      @click=${this.#go}
      >${OTHER.name}</a
    >`;
  }

  /** Takes what else stands in the address along. @param {MouseEvent} event */
  #go(event) {
    const address = new URL(location.href);
    address.searchParams.set("lang", OTHER.code);
    /** @type {HTMLAnchorElement} */ (event.currentTarget).href = address.href;
  }
}

customElements.define("language-switch", LanguageSwitch);
