//! The chain: its identity, its keys, and how to check it without this portal.

use super::shell::{Page, Section, document, without_script};
use super::{pieces, text};
use crate::view::{ChainView, KeyRole, Shell};
use crate::words::Words;
use leptos::prelude::*;

pub fn chain(shell: &Shell<'_>, view: &ChainView) -> String {
    let title = crate::words::of(shell.lang).chain.title;
    document(shell, Page::new(Section::Chain, "chain", title), |w| {
        let c = &w.chain;
        let keys: Vec<_> = view.keys.iter().map(|key| pieces::key(key, w)).collect();
        let size = view.size.map(c.entries);
        let checkpoint = view.checkpoint.as_deref().unwrap_or_default();
        let policy = match &view.policy {
            Some(policy) => view! { <pre tabindex="0" dir="ltr" inner_html=text::marked_lines(policy, w)></pre> }.into_any(),
            None => view! { <p>{c.witnesses_none}</p> }.into_any(),
        };
        view! {
            <div class="lead">
                <h1>{c.title}</h1>
                <p>{c.lead}</p>
                {without_script(shell, w)}
            </div>
            <section class="identity" data-check="unchecked">
                <h2>{c.identity}</h2>
                <p class="fingerprint of-identity"><code>{shell.site.chain.as_str()}</code></p>
                <p class="verdict" aria-live="polite">{w.item.unchecked}</p>
                <p>{c.identity_note}</p>
                <dl class="plain">
                    <div><dt>{w.site.origin}</dt><dd><code class="of-origin">{shell.site.origin.as_str()}</code></dd></div>
                    <div><dt>{c.began}</dt><dd>{pieces::moment_or_none(view.began, shell.lang, w)}</dd></div>
                    <div>
                        <dt>{c.charter}</dt>
                        <dd>
                            <a href=shell.at(&format!("/entries/{}", view.charter))>{(w.item.entry)(view.charter)}</a>
                        </dd>
                    </div>
                    <div>
                        <dt>{w.record.registrars}</dt>
                        <dd>{(w.record.threshold)(view.threshold.0, view.threshold.1)}</dd>
                    </div>
                    <div><dt>{c.size}</dt><dd data-chain-size>{size}</dd></div>
                </dl>
            </section>
            <section class="checkpoint">
                <h2>{c.checkpoint}</h2>
                <p>{c.checkpoint_note}</p>
                <pre data-checkpoint tabindex="0" dir="ltr" inner_html=text::marked_lines(checkpoint, w)></pre>
                <p><a href="/log/checkpoint">{c.checkpoint_link}</a></p>
            </section>
            <section>
                <h2>{c.keys}</h2>
                <p>{c.keys_note}</p>
                <ul class="keylist">{keys}</ul>
            </section>
            <section>
                <h2>{c.witnesses}</h2>
                {policy}
            </section>
            {check(shell, view, w)}
            <section>
                <h2>{c.addresses}</h2>
                <dl class="addresses">
                    {c.address_rows.iter().map(|(address, what)| view! {
                        <div><dt><code>{*address}</code></dt><dd>{*what}</dd></div>
                    }).collect::<Vec<_>>()}
                </dl>
            </section>
        }
    })
}

/// Four ways to check, from easy to thorough, with commands that can be copied as they stand.
fn check<'a>(shell: &Shell<'a>, view: &'a ChainView, w: &'static Words) -> impl IntoView + use<'a> {
    let c = &w.chain;
    let base = shell.site.base.as_str();
    let leaf = format!("(printf '\\0'; curl -s {base}/log/entry/0) | openssl dgst -sha256 -binary | base64");
    let part = format!("P={base}/content/sha256:…\n(printf 'gazette/v1 content\\n'; curl -s $P.salt | xxd -r -p; curl -s $P) | sha256sum");
    let log_key = view.keys.iter().rev().find(|key| key.role == KeyRole::Log).map(|key| key.vkey.as_str());
    let client = format!("{base}/log\n{}\n{}", shell.site.origin, log_key.unwrap_or_default());
    view! {
        <section id="check" class="howto">
            <h2>{c.check}</h2>
            <p>{c.check_lead}</p>
            <ol>
                <li><h3>{c.by_browser}</h3><p>{c.by_browser_note}</p></li>
                <li>
                    <h3>{c.by_hand}</h3>
                    <p>{c.by_hand_leaf}</p>
                    <pre tabindex="0" dir="ltr"><code>{leaf}</code></pre>
                    <p>{c.by_hand_part}</p>
                    <pre tabindex="0" dir="ltr"><code>{part}</code></pre>
                </li>
                <li>
                    <h3>{c.by_client}</h3>
                    <p>{c.by_client_note}</p>
                    <pre class="client" tabindex="0" dir="ltr"><code>{client}</code></pre>
                    <p>
                        <a href="https://c2sp.org/tlog-tiles" rel="noreferrer">"c2sp.org/tlog-tiles"</a>" · "
                        <a href="https://c2sp.org/signed-note" rel="noreferrer">"c2sp.org/signed-note"</a>" · "
                        <a href="https://c2sp.org/tlog-proof" rel="noreferrer">"c2sp.org/tlog-proof"</a>
                    </p>
                </li>
                <li>
                    <h3>{c.by_owner}</h3>
                    <p>{c.by_owner_note}</p>
                    <pre tabindex="0" dir="ltr"><code>"gazette fsck --data ./data"</code></pre>
                </li>
            </ol>
        </section>
    }
}
