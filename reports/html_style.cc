#include "reports/html_parts.h"

namespace smtpgauge {
namespace {

// Style attributes are forbidden by the page's own policy, so everything is a class.
constexpr std::string_view kStyle = R"(
:root{--bg:#f6f7f9;--card:#fff;--ink:#1a2233;--soft:#5c677d;--rule:#e1e5ec;--code:#f1f3f7;
--pass:#15803d;--warn:#b45309;--fail:#c81e1e;--mute:#7a8599;--blue:#2456d6;--violet:#7c3aed;
--teal:#0e7490;--pass-bg:#e5f5ea;--warn-bg:#fdf1dc;--fail-bg:#fde8e8;--mute-bg:#eceff4;
--shade:0 1px 2px rgba(16,24,40,.06),0 1px 3px rgba(16,24,40,.08)}
@media(prefers-color-scheme:dark){:root{--bg:#0f141c;--card:#171e29;--ink:#e6eaf2;--soft:#9aa6ba;
--rule:#29323f;--code:#10161f;--pass:#4ade80;--warn:#fbbf24;--fail:#f87171;--mute:#8f9bb0;
--blue:#7aa2ff;--violet:#b794f6;--teal:#5eead4;--pass-bg:#12301f;--warn-bg:#3a2a0c;
--fail-bg:#401a1d;--mute-bg:#222b38;--shade:none}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",
Roboto,"Helvetica Neue",Arial,sans-serif}
main{max-width:1100px;margin:0 auto;padding:0 20px 60px}
code,.wire,dd{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;
font-size:13px;overflow-wrap:anywhere}
a{color:var(--blue);text-decoration:none}a:hover{text-decoration:underline}
h1,h2{margin:0;line-height:1.25}h2{font-size:17px}
header{margin:24px 0 16px;padding:22px 26px;background:var(--card);border-radius:12px;
box-shadow:var(--shade);border-top:5px solid var(--mute)}
header.good{border-color:var(--pass)}header.warn{border-color:var(--warn)}
header.bad{border-color:var(--fail)}
.brand{margin:0;color:var(--soft);font-weight:600;letter-spacing:.02em}
.brand span{font-weight:400}
h1{font-size:27px;overflow-wrap:anywhere}
.conclusion{margin:6px 0 14px;font-size:17px;font-weight:600}
.good .conclusion{color:var(--pass)}.warn .conclusion{color:var(--warn)}
.bad .conclusion{color:var(--fail)}
dl{margin:0;display:grid;grid-template-columns:max-content 1fr;gap:3px 16px}
dt{color:var(--soft);font-size:13px}dd{margin:0;white-space:pre-wrap}
.facts{display:flex;flex-wrap:wrap;gap:4px 24px}.facts div{display:flex;gap:8px;align-items:baseline}
input[type=radio]{position:absolute;opacity:0;pointer-events:none}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(118px,1fr));gap:10px;margin:16px 0 12px}
.tile{display:block;padding:12px 10px 12px 14px;background:var(--card);border-radius:10px;
box-shadow:var(--shade);border:2px solid transparent}
label.tile{cursor:pointer}label.tile:hover{border-color:var(--rule)}
.tile b{display:block;font-size:24px;line-height:1.2;font-variant-numeric:tabular-nums}
.tile span{display:block;color:var(--soft);font-size:12px;line-height:1.35}
.tile.pass b{color:var(--pass)}.tile.fail b,.tile.error b{color:var(--fail)}
.tile.warn b,.tile.blocked b{color:var(--warn)}
.tile.zero b{color:var(--mute);font-weight:400}
svg.bar{display:block;width:100%;height:8px;border-radius:4px;background:var(--mute-bg)}
td svg.bar{min-width:140px}
rect.pass{fill:var(--pass)}rect.warn{fill:var(--warn)}rect.fail,rect.error{fill:var(--fail)}
rect.blocked{fill:var(--violet)}rect.skipped,rect.not-applicable{fill:var(--mute);opacity:.45}
.card,.alert,figure{margin:16px 0;padding:14px 20px;background:var(--card);border-radius:12px;
box-shadow:var(--shade)}
.alert{background:var(--fail-bg);border:2px solid var(--fail)}.alert h2{color:var(--fail)}
.alert p{margin:4px 0}
.card>summary{cursor:pointer;list-style-position:inside}.card>summary h2{display:inline}
.card[open]>summary{margin-bottom:10px}
.remarks{margin:14px 0;padding-left:20px;color:var(--soft)}
.scroll{overflow-x:auto}
table{border-collapse:collapse}
.numbers{width:100%;font-variant-numeric:tabular-nums}
.numbers th,.numbers td{padding:5px 10px;text-align:right;border-top:1px solid var(--rule);
white-space:nowrap}
.numbers thead th{border:0;color:var(--soft);font-weight:500;font-size:13px}
.numbers th:first-child{text-align:left;font-weight:600}.numbers td.wide{width:35%}
td.pass{color:var(--pass)}td.fail,td.error{color:var(--fail);font-weight:600}
td.warn,td.blocked{color:var(--warn);font-weight:600}td.zero{color:var(--mute)}
.list .title{margin-left:12px}.list th,.list td{padding:4px 14px 4px 0;text-align:left;vertical-align:top;font-weight:500}
.list .n{text-align:right;font-variant-numeric:tabular-nums;font-weight:600}
.meaning{color:var(--soft);font-size:13px}.list td.meaning{font-weight:400}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(430px,1fr));gap:0 16px;
align-items:start}
.group{margin-top:28px}.group>h2{margin-bottom:8px}
.case{margin:6px 0;background:var(--card);border-radius:10px;box-shadow:var(--shade);
border-left:4px solid var(--mute)}
.case.pass{border-color:var(--pass)}.case.warn,.case.blocked{border-color:var(--warn)}
.case.fail,.case.error{border-color:var(--fail)}.case.accepted{border-color:var(--mute)}
.case:target{outline:2px solid var(--blue)}
.case>summary{display:flex;gap:12px;align-items:baseline;padding:8px 14px;cursor:pointer;
list-style:none}
.case>summary::-webkit-details-marker{display:none}
.case>summary:hover .title{color:var(--ink)}
.what{flex:1;min-width:0}.what code{font-weight:600}
.title{color:var(--soft);margin-left:12px;overflow-wrap:anywhere}
.level{color:var(--soft);font-size:12px;white-space:nowrap}
.badge{flex:none;min-width:104px;padding:1px 8px;display:inline-block;border-radius:999px;font-size:12px;font-weight:600;
text-align:center;white-space:nowrap;background:var(--mute-bg);color:var(--mute)}
.badge.pass{background:var(--pass-bg);color:var(--pass)}
.badge.warn,.badge.blocked{background:var(--warn-bg);color:var(--warn)}
.badge.fail,.badge.error{background:var(--fail-bg);color:var(--fail)}
.body{padding:4px 18px 14px}
.wire{display:block;margin-top:12px;padding:10px 12px;background:var(--code);border-radius:8px;
overflow-x:auto}
.wire td{padding:0 10px 0 0;vertical-align:top;color:var(--soft);white-space:pre}
.wire td:last-child{color:var(--ink);white-space:pre-wrap;padding:0;width:100%}
.wire .sent td:last-child{color:var(--blue)}.wire .note td:last-child{color:var(--mute);font-style:italic}
.wire i{color:var(--mute);opacity:.7;font-style:normal}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(430px,1fr));gap:0 16px}
figure{margin:8px 0}figcaption{font-weight:600;margin-bottom:6px}figcaption span:first-of-type{margin-left:0}
figcaption p{margin:0}
.key{margin-left:16px;font-weight:400;font-size:13px;color:var(--soft)}
.key::before{content:"";display:inline-block;width:14px;height:3px;margin-right:6px;
vertical-align:middle;border-radius:2px;background:var(--c)}
svg.chart{display:block;width:100%;height:auto}
.chart text{fill:var(--soft);font-size:12px}.chart .y{text-anchor:end}.chart .x{text-anchor:middle}
.grid{stroke:var(--rule)}
.line{fill:none;stroke:var(--c);stroke-width:2;stroke-linejoin:round}
.point{fill:transparent}.point:hover{fill:var(--c);fill-opacity:.35}.dot{fill:var(--c)}
.good{--c:var(--pass)}.bad{--c:var(--fail)}.neutral{--c:var(--mute)}
.c1{--c:var(--blue)}.c2{--c:var(--violet)}.c3{--c:var(--warn)}.c4{--c:var(--teal)}.c5{--c:var(--pass)}
#show-fail:checked~main .case:not(.fail),#show-warn:checked~main .case:not(.warn),
#show-pass:checked~main .case:not(.pass),#show-error:checked~main .case:not(.error),
#show-blocked:checked~main .case:not(.blocked),#show-skipped:checked~main .case:not(.skipped),
#show-not-applicable:checked~main .case:not(.not-applicable){display:none}
#show-fail:checked~main .group:not(:has(.case.fail)),#show-warn:checked~main .group:not(:has(.case.warn)),
#show-pass:checked~main .group:not(:has(.case.pass)),
#show-error:checked~main .group:not(:has(.case.error)),
#show-blocked:checked~main .group:not(:has(.case.blocked)),
#show-skipped:checked~main .group:not(:has(.case.skipped)),
#show-not-applicable:checked~main .group:not(:has(.case.not-applicable)){display:none}
#show-all:checked~main [for=show-all],#show-fail:checked~main [for=show-fail],
#show-warn:checked~main [for=show-warn],#show-pass:checked~main [for=show-pass],
#show-error:checked~main [for=show-error],#show-blocked:checked~main [for=show-blocked],
#show-skipped:checked~main [for=show-skipped],
#show-not-applicable:checked~main [for=show-not-applicable]{border-color:var(--blue)}
input:focus-visible~main .tiles{outline:2px solid var(--blue);outline-offset:4px;border-radius:10px}
@media(max-width:560px){.columns,.charts{grid-template-columns:1fr}.case>summary{flex-wrap:wrap}
.title{display:block;margin-left:0}}
@media print{body{background:#fff}.case,.card,figure,header,.tile{box-shadow:none;
border:1px solid var(--rule)}}
)";

}  // namespace

std::string_view HtmlStyle() {
  return kStyle;
}

}  // namespace smtpgauge
