/** Only real HTML goes; `<id>` in an example is a placeholder and stays. */
const HTML_TAG = /<\/?(?:a|b|br|code|em|i|li|ol|p|span|strong|sup|ul|div)(?:\s[^>]*)?\/?>/gi
const ENTITIES: Record<string, string> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&nbsp;': ' ',
}

const LINK = /\[((?:[^[\]]|\[[^[\]]*\])*)\]\([^()\s]*(?:\([^()]*\)[^()\s]*)*\)/g
/** Some links in the documentation are never closed. */
const BROKEN_LINK = /\[([^[\]]*)\]\((?:https?:\/\/|\/)[^()\s]*/g

/** Plain text on one line: the words of the documentation without its markup and addresses. */
export function cleanText(text: string): string {
  return (
    text
      .replace(HTML_TAG, ' ')
      .replace(LINK, '$1')
      // Again, for a link that stood inside another.
      .replace(LINK, '$1')
      .replace(BROKEN_LINK, '$1')
      .replace(/&(?:amp|lt|gt|quot|#39|nbsp);/g, (entity) => ENTITIES[entity] ?? entity)
      .replace(/\s+/g, ' ')
      .replace(/ ([.,;:)])/g, '$1')
      .trim()
  )
}

/** Longer first sentences are rare and say little more. */
const SHORT_TEXT_CHARACTERS = 160

/** The first sentence, for places where the whole text would cost more than it tells. */
export function firstSentence(text: string): string {
  const sentence = /^.*?[.!?](?=\s+[A-Z`])(?<!\b(?:e\.g|i\.e|etc|vs|U\.S)\.)/.exec(text)?.[0] ?? text
  return sentence.length <= SHORT_TEXT_CHARACTERS
    ? sentence
    : `${sentence.slice(0, SHORT_TEXT_CHARACTERS - 1)}…`
}
