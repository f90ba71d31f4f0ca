//! The timeline: the chain itself, newest first, drawn as the cord.

use super::cord::{Hang, cord};
use super::pieces;
use super::shell::{Page, Section, document, without_script};
use crate::view::{Order, Shell, TimelineView};
use leptos::prelude::*;

pub fn timeline(shell: &Shell<'_>, timeline: &TimelineView) -> String {
    let title = crate::words::of(shell.lang).lists.timeline_title;
    let mut page = Page::new(Section::Timeline, "timeline", title);
    // Other orders and later pages are ways into the same list.
    page.unlisted = shell.path != "/";
    document(shell, page, |w| {
        let (lead, hang, fixed) = match timeline.order {
            Order::Chain => (w.lists.timeline_lead, Hang::Chain, ""),
            Order::Stated => (w.lists.stated_lead, Hang::Loose, "order=stated"),
        };
        // Entries logged since belong on the newest page alone.
        let newest = (timeline.order == Order::Chain && timeline.pager.newer.is_none())
            .then(|| timeline.items.first().map_or(0, |item| item.index + 1));
        let order = |this: Order, path: &str, label: &'static str| {
            let current = (this == timeline.order).then_some("true");
            view! { <li><a href=shell.at(path) aria-current=current>{label}</a></li> }
        };
        view! {
            <div class="lead">
                <h1>{w.lists.timeline_title}</h1>
                <p>{lead}</p>
                {without_script(shell, w)}
            </div>
            <div class="listhead">
                <nav class="orders" aria-label=w.lists.order>
                    <ul>
                        {order(Order::Chain, "/", w.lists.order_chain)}
                        {order(Order::Stated, "/?order=stated", w.lists.order_stated)}
                    </ul>
                </nav>
                <p class="progress" data-progress></p>
                {newest.map(|size| view! { <a class="newer" href=shell.at("/") data-newer=size hidden></a> })}
            </div>
            {if timeline.items.is_empty() {
                view! { <p class="empty">{w.lists.empty}</p> }.into_any()
            } else {
                cord(&timeline.items, hang, shell, w).into_any()
            }}
            {pieces::pager(&timeline.pager, "/", fixed, shell, w)}
        }
        .into_any()
    })
}
