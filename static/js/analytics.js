// Starts the clinic's web analytics, on pages without anything personal. What the services would write into the
// page is written here, so that the page's policy need allow no script in the page itself. Addresses are told
// without their query: what somebody has chosen stays with the clinic.
(() => {
  const { service, address, site, attributes, cookies } = document.currentScript.dataset;
  const page = location.origin + location.pathname;
  const before = document.referrer.startsWith(location.origin) ? "" : document.referrer;
  const base = (address || "").replace(/\/?$/, "/");

  function load(src, more) {
    const script = document.createElement("script");
    script.async = true;
    for (const [name, value] of Object.entries(more || {})) script.setAttribute(name, value);
    script.src = src;
    document.head.append(script);
  }

  const start = {
    matomo() {
      const told = [["setCustomUrl", page], ["setReferrerUrl", before]];
      if (cookies === "no") told.push(["disableCookies"]);
      told.push(["setTrackerUrl", `${base}matomo.php`], ["setSiteId", site], ["trackPageView"]);
      window._paq = told;
      load(`${base}matomo.js`);
    },
    plausible() {
      const told = (...args) => {
        told.q = [...(told.q || []), args];
      };
      window.plausible = told;
      window.plausible("pageview", { u: page });
      load(`${base}js/script.manual.js`, { "data-domain": site });
    },
    google() {
      window.dataLayer = window.dataLayer || [];
      function gtag() {
        window.dataLayer.push(arguments);
      }
      gtag("consent", "default", { ad_storage: "denied", ad_user_data: "denied", ad_personalization: "denied" });
      gtag("js", new Date());
      gtag("config", site, {
        page_location: page,
        page_referrer: before,
        cookie_domain: "none",
        allow_google_signals: false,
        allow_ad_personalization_signals: false,
      });
      load(`https://www.googletagmanager.com/gtag/js?id=${encodeURIComponent(site)}`);
    },
    own() {
      load(address, JSON.parse(attributes || "{}"));
    },
  };
  start[service]?.();
})();
