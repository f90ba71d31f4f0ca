import { chromium } from "@playwright/test";
import * as op from "./operator.js";
import { placeIn, run, serve, copyOf } from "./gazette.js";
import { sql, replace, text, value, blob } from "./database.js";
process.env.GAZETTE_BIN="/tmp/e2e/gazette"; 
const only = process.argv[2];
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox","--disable-gpu"] });
const F="gazette.example/finance";
async function see(name, change, pages, {whileServed}={}) {
  if (only && !name.includes(only)) return;
  const place = await copyOf(placeIn("/tmp/e2e/s"));
  console.log("=====", name);
  try {
    change && await change(place); op.forgetMarks(place);
    let server;
    try { server = await serve(place); } catch (e) { console.log("REFUSED", e.code, (e.log||e.message).replace(/\x1b\[[0-9;]*m/g,"").trim().split("\n").at(-1)); }
    if (server) {
      whileServed && await whileServed(place);
      const context = await browser.newContext(); const page = await context.newPage();
      for (const path of pages) {
        const answer = await page.goto(server.url + "/en" + path);
        await page.waitForSelector("html[data-checked]", {state:"attached", timeout: 8000}).catch(()=>console.log("   NOT CHECKED", answer.status()));
        console.log(path, answer.status(), page.url().replace(server.url,""), await page.evaluate(() => {
          const q=(s)=>[...document.querySelectorAll(s)];
          return JSON.stringify({ checked: document.documentElement.dataset.checked, alarm: document.querySelector(".alarm").hidden ? null : document.querySelector(".alarm-text").textContent.slice(0,130),
            knots: q("li.knot[data-check]").filter(k=>k.dataset.check!=="holds").slice(0,6).map(k=>[k.dataset.index,k.dataset.check,k.dataset.failed,k.querySelector(".link")?.dataset.link,k.querySelector(".verdict")?.textContent.slice(0,60)]), more: q("li.knot[data-check]").filter(k=>k.dataset.check!=="holds").length,
            own: q(".checks details").map(d=>d.dataset.code+" "+d.dataset.check+" "+d.dataset.reason).filter(t=>!/holds holds|first-visit|no-rule|no-outside/.test(t)), verdict: document.querySelector("[data-verdict]")?.textContent });
        }));
      }
      await context.close(); await server.stop();
      console.log("server:", server.log.replace(/\x1b\[[0-9;]*m/g,"").split("\n").filter(l=>/ERROR|WARN|panic/.test(l)).slice(0,3).join("\n   "));
    }
    const r = await run(["fsck"], place); console.log("fsck:", r.code, r.out.trim().split("\n").at(-1));
  } catch (e) { console.log("ERR", e.message.slice(0,600)); }
  await place.remove();
}
await see("header byte", (p)=>replace(p,"entries","idx=53","index 53","index 52"), ["/","/disclosures/53","/entries/53"]);
await see("header broken", (p)=>replace(p,"entries","idx=53","\nprevious ","\nprevioux "), ["/","/disclosures/53"]);
await see("tile restart", (p)=>{ sql(p,"update tiles set bytes = zeroblob(32) || substr(bytes,33) where level=0"); }, ["/"]);
await see("tile resigned", (p)=>op.sealTile(p, 53*32+5), ["/","/disclosures/53","/disclosures/54","/disclosures/52"]);
await see("tile while served", null, ["/","/disclosures/53"], {whileServed:(p)=>{ sql(p,"update tiles set bytes = zeroblob(32) || substr(bytes,33) where level=0"); }});
await see("body byte", (p)=>replace(p,"contents","entry=53 and part=1","kettle","cattle".slice(0,6)), ["/","/disclosures/53"]);
await see("title byte", (p)=>replace(p,"contents","entry=53 and part=0","Recall of","Praise of"), ["/","/disclosures/53","/search?q=kettle"]);
await see("salt", (p)=>sql(p,"update contents set salt = randomblob(16) where entry=53 and part=1"), ["/disclosures/53"]);
await see("dropped row", (p)=>sql(p,"delete from entries where idx=53"), ["/","/disclosures/53","/entries/53","/disclosures/54"]);
await see("dropped, moved up", (p)=>op.reorder(p,[...Array(56).keys()].filter(n=>n!==53)), ["/","/disclosures/53","/disclosures/54"]);
await see("dropped, rewritten", (p)=>op.reorder(p,[...Array(56).keys()].filter(n=>n!==53),{rewritten:true}), ["/","/disclosures/53"]);
await see("swapped rows", (p)=>sql(p,"update entries set idx=-1 where idx=53; update entries set idx=53 where idx=52; update entries set idx=52 where idx=-1"), ["/","/disclosures/52","/disclosures/53","/disclosures/54"]);
const swap=[...Array(56).keys()]; [swap[52],swap[53]]=[53,52];
await see("swapped resigned", (p)=>op.reorder(p,swap), ["/","/disclosures/52","/disclosures/53"]);
await see("swapped rewritten", (p)=>op.reorder(p,swap,{rewritten:true}), ["/","/disclosures/52"]);
const add=(p,d,o)=>op.append(p,d.statement,{contents:d.contents,...o});
await see("never registered agency", (p)=>{const k=op.stranger("gazette.example/lanterns"); add(p,op.disclosure(p,{agency:k.name,by:k}));}, ["/","/disclosures/56"]);
await see("never registered key", (p)=>add(p,op.disclosure(p,{agency:F,by:op.stranger(F)})), ["/","/disclosures/56"]);
await see("registered later agency", (p)=>{const k=op.stranger("gazette.example/lanterns"); add(p,op.disclosure(p,{agency:k.name,by:k})); op.append(p,op.registration(p,k.name,[k]));}, ["/","/disclosures/56","/disclosures/57"]);
await see("registered later key", (p)=>{const k=op.stranger(F); add(p,op.disclosure(p,{agency:F,by:k})); op.append(p,op.registration(p,F,[op.key(p,"seal-finance"),k]));}, ["/","/disclosures/56","/disclosures/57"]);
await see("other agency", (p)=>add(p,op.disclosure(p,{agency:F,by:op.key(p,"seal-market")})), ["/","/disclosures/56"]);
await see("other chain", (p)=>add(p,op.disclosure(p,{agency:F,by:op.key(p,"seal-finance"),chain:"elsewhere.example/log"})), ["/","/disclosures/56"]);
await see("wrong root", (p)=>{add(p,op.disclosure(p,{agency:F,by:op.key(p,"seal-finance")}),{lie:{registry:Buffer.alloc(32,7)}});add(p,op.disclosure(p,{agency:F,by:op.key(p,"seal-finance")}));}, ["/","/disclosures/56","/disclosures/57"]);
await see("wrong root last", (p)=>{add(p,op.disclosure(p,{agency:F,by:op.key(p,"seal-finance")}),{lie:{registry:Buffer.alloc(32,7)}});}, ["/","/disclosures/56","/disclosures/55"]);
await see("wrong previous", (p)=>{add(p,op.disclosure(p,{agency:F,by:op.key(p,"seal-finance")}),{lie:{previous:Buffer.alloc(32,7)}});}, ["/","/disclosures/56"]);
await see("time backwards", (p)=>{add(p,op.disclosure(p,{agency:F,by:op.key(p,"seal-finance")}),{lie:{time:"2020-01-01T00:00:00.000Z"}});}, ["/","/disclosures/56"]);
await see("body missing", (p)=>sql(p,"delete from contents where entry=53 and part=1"), ["/","/disclosures/53"]);
await see("catalogue missing", (p)=>sql(p,"delete from contents where entry=53 and part=0"), ["/","/disclosures/53"]);
await see("bytes null", (p)=>sql(p,"update contents set bytes=null, salt=null where entry=53 and part=1"), ["/","/disclosures/53"]);
await see("foreign redaction", (p)=>sql(p,"update contents set bytes=null, salt=null, removed_by=19 where entry=53 and part=1"), ["/","/disclosures/53"]);
await see("foreign redaction cat", (p)=>sql(p,"update contents set bytes=null, salt=null, removed_by=54 where entry=53 and part=0"), ["/","/disclosures/53"]);
await see("other key checkpoint", (p)=>op.seal(p,op.stranger("gazette.example/log")), ["/","/disclosures/53"]);
await see("newest altered", (p)=>replace(p,"entries","idx=55",'"genre":"plan"','"genre":"plum"'), ["/","/disclosures/55"]);
await see("charter altered", (p)=>replace(p,"entries","idx=0",'"trial":true','"trial":null'), ["/","/entries/0"]);
await see("agency altered", (p)=>replace(p,"entries","idx=6",'"custody":"portal"','"custody":"agency"'), ["/","/disclosures/53"]);
await see("unapproved", (p)=>{const k=op.key(p,"seal-finance"),post=op.stranger(F+"/head"); op.append(p,op.registration(p,F,[k],{rule:{genres:[{genre:"*",steps:[{code:"approve",posts:[post.name],count:1}]}]}})); add(p,op.disclosure(p,{agency:F,by:k}));}, ["/","/disclosures/57"]);
await browser.close();
