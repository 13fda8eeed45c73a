import { looksLikeUrl, maskedLink, safeUrl, trimUrl } from "./links.ts";

/** How a citation's number is written at one place of the text; undefined when no source has the number. */
export type MarkWriter = (n: number) => string | undefined;

const zeroWidthSpace = "\u200B";

/** What Discord turns into a mention, channel, command, emoji or time, and the two words that ping all. */
const live = /@(?=everyone|here)|<(?=@[!&]?\d|#\d|\/\w|t:-?\d|id:|a?:\w+:\d)/gi;

/** Parts what would mention somebody: the last thing done to every text, since an escaped mention still pings. */
function quiet(text: string): string {
  return text.replace(live, `$&${zeroWidthSpace}`);
}

const urlPattern = String.raw`https?:\/\/[^\s<>]+`;

const plainTokens = new RegExp(
  String.raw`(?<url>${urlPattern})|(?<=^|[\s\]])\[(?<mark>\d{1,3})\]|(?<emoji>:(?=[\w+-]+:))|(?<special>[\\*_~\x60|<[\]])`,
  "giu",
);

/**
 * Plain text of one line as Discord Markdown that shows exactly this text: list markers and our marks keep
 * their meaning, addresses stay clickable without a preview, everything else is escaped.
 */
export function plainLine(line: string, mark: MarkWriter = () => undefined): string {
  const inline = line.replace(plainTokens, (...found) => {
    const whole = String(found[0]);
    const { url, mark: n, emoji } = found.at(-1) as Record<string, string | undefined>;
    if (url) return bareUrl(url, escaped);
    if (emoji) return "\\:";
    if (n) return mark(Number(n)) ?? `\\[${n}\\]`;
    return escaped(whole);
  });
  // A heading, small print or quotation begins only at the start of a line or list item.
  return quiet(inline.replace(/^(\s*(?:(?:-|\d+\.)\s+)*)(-?)(#{1,3}(?=\s)|>)/, "$1$2\\$3"));
}

/** Escapes single characters that Discord Markdown gives a meaning. */
function escaped(text: string): string {
  return text.replace(/[\\*_~`|<[\]]/g, "\\$&");
}

const markdownTokens = new RegExp(
  [
    String.raw`(?<ticks>\x60+)(?!\x60)(?<code>[^\n]*?[^\x60\n])\k<ticks>(?!\x60)`,
    String.raw`(?<escape>\\[!-\/:-@[-\x60{-~])`,
    String.raw`!?\[(?<label>(?:\\.|\[[^\][\n]*\]|[^\][\\\n])*)\]\(\s*<?(?<target>(?:\([^()\s]*\)|[^()\s<>])*)>?(?:\s+["'][^\n]{0,200}?["'])?\s*\)`,
    String.raw`<(?<autolink>https?:\/\/[^\s<>]+)>`,
    `(?<url>${urlPattern})`,
    String.raw`(?<break><br\s*\/?>)`,
    String.raw`\[(?<mark>\d{1,3})\]`,
    // Loose ticks would pair with others lines away, and bars hide what is between them.
    String.raw`(?<loose>\x60+|\|{2,})`,
  ].join("|"),
  "giu",
);

/**
 * One line of Markdown that a model wrote, as Discord shows it: formatting is kept, marks become what `mark`
 * writes, links lose previews and false labels, and nothing mentions anybody.
 */
export function markdownLine(line: string, mark: MarkWriter = () => undefined): string {
  if (/^\s*([-*_])(?:\s*\1){2,}\s*$/.test(line)) return "";
  const inline = line.replace(markdownTokens, (...found) => {
    const whole = String(found[0]);
    const groups = found.at(-1) as Record<string, string | undefined>;
    if (groups.escape) return whole;
    if (groups.code !== undefined) return codeSpan(groups.ticks ?? "", groups.code);
    if (groups.loose) return escaped(groups.loose);
    if (groups.target !== undefined) return link(groups.label ?? "", groups.target);
    if (groups.autolink) return bareUrl(groups.autolink, (text) => text);
    if (groups.url) return bareUrl(groups.url, (text) => text);
    if (groups.break) return "\n";
    return mark(Number(groups.mark)) ?? `\\[${groups.mark}\\]`;
  });
  // Discord has headings of three levels and lists of two markers.
  return quiet(inline.replace(/^#{4,6}\s+(.*?)\s*#*$/, "**$1**").replace(/^(\s*)\+(?=\s)/, "$1-"));
}

/** Three ticks open a code block in Discord, wherever they stand. */
function codeSpan(ticks: string, code: string): string {
  const parted =
    code.includes("```") || ticks.length > 2 ? code.replace(/`(?=`)/g, `\`${zeroWidthSpace}`) : code;
  const around = ticks.length < 3 ? ticks : "``";
  return `${around}${parted}${around}`;
}

function link(label: string, target: string): string {
  const url = safeUrl(target);
  const shown = markdownLine(label.replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1"));
  if (url === undefined) return shown;
  return label.trim() === "" || looksLikeUrl(label) ? `<${url}>` : maskedLink(shown, url);
}

function bareUrl(found: string, rest: (text: string) => string): string {
  const [address, after] = trimUrl(found);
  const url = safeUrl(address);
  // What is too long or no address at all stays as it is written, but unlinked and unable to mention.
  if (url === undefined)
    return `${address.replace("://", `:${zeroWidthSpace}//`).replace(/@/g, `@${zeroWidthSpace}`)}${rest(after)}`;
  return `<${url}>${rest(after)}`;
}

/** Text for a code block or a code span: nothing in it can end the block, and nothing mentions anybody. */
export function codeText(text: string): string {
  return quiet(text.replace(/```/g, `\`\`${zeroWidthSpace}\``));
}

/** A short text (title, section, question) as escaped text on one line, shortened to `length` characters before escaping. */
export function labelText(text: string, length: number): string {
  const line = text.replace(/\s+/g, " ").trim();
  const characters = [...line];
  const short =
    characters.length <= length
      ? line
      : `${characters
          .slice(0, length - 1)
          .join("")
          .trimEnd()}…`;
  return plainLine(short.replace(/https?:\/\//gi, "")).trim();
}
