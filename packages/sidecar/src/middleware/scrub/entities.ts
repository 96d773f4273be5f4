/**
 * What counts as personal data, and what it is replaced with: the classes of daprd's scrubber, in its order. Of matches
 * that begin and end together, the later class wins. Where our patterns differ from daprd's, the reasons are in
 * docs/decisions/006-personal-data-is-found-by-an-automaton.md.
 */
import {
  anyOf,
  atWordEnd,
  type CharSet,
  char,
  either,
  isWord,
  many,
  oneOf,
  optional,
  type Pattern,
  sequence,
  sliding,
  times,
  word,
} from './pattern.ts'

/** One pattern of a class. */
export interface Entity {
  /** What a match becomes. Made of letters, `_`, `<` and `>`, which are safe inside a JSON string. */
  readonly replacement: string
  readonly pattern: Pattern
  /** Whether a match begins only where a word begins. */
  readonly atWordStart?: boolean
}

const isDigit = oneOf('0123456789')
const isUpper: CharSet = (code) => code >= 65 && code <= 90
const isLetter: CharSet = (code) => isUpper(code) || (code >= 97 && code <= 122)
const isAlphanumeric = anyOf(isLetter, isDigit)
const isSpace = oneOf('\t\n\f\r ')

const digit = char(isDigit)
const hex = char(anyOf(isDigit, oneOf('abcdefABCDEF')))
const sign = (characters: string) => char(oneOf(characters))
const digits = (min: number, max = min) => times(min, max, digit)
const words = (text: string) => either(...text.split(' ').map(word))

const streetAddress = sequence(
  digits(1, 4),
  char(isSpace),
  times(1, 20, char(anyOf(isWord, isSpace))),
  words(
    'street st avenue ave road rd highway hwy square sq trail trl drive dr court ct park parkway pkwy circle cir boulevard blvd',
  ),
  // A quotation mark stays: it may close a string of JSON.
  optional(char((code) => !isWord(code) && code !== 34)),
)

const creditCard = either(sequence(times(3, 3, sequence(digits(4), optional(sign('- ')))), digits(4)), digits(15, 16))

const gap = times(0, 3, sign('-. '))
const phoneWithExtension = sequence(
  optional(sequence(optional(sign('+')), sign('1'), gap)),
  optional(sequence(optional(sign('(')), sign('23456789'), digits(2), optional(sign(')')), gap)),
  sequence(sign('23456789'), digits(2), gap, digits(4), times(0, 3, char(isSpace))),
  atWordEnd(either(sign('#'), sequence(words('x ext'), optional(sign('.'))), word('extension'))),
  optional(sequence(times(0, 3, char(isSpace)), digits(1, 8))),
)

const separator = optional(sign('-. *'))
const phone = either(
  sequence(sign('/'), optional(sign('+')), digits(0, 3), times(8, 11, sequence(digit, optional(sign(' '))))),
  sequence(
    optional(sequence(either(sequence(sign('+'), digits(0, 3)), digits(1, 3)), separator)),
    optional(sequence(optional(sign('(')), digits(2, 3), optional(sign(')')), separator)),
    digits(2, 3),
    separator,
    digits(2, 6),
  ),
)

const label = sequence(char(isAlphanumeric), optional(many(sequence(optional(many(sign('-'))), char(isAlphanumeric)))))
const email = sequence(
  sliding(anyOf(isAlphanumeric, oneOf("!#$%&'*+/=?^_{|.}~-"))),
  sign('@'),
  many(sequence(label, sign('.'))),
  label,
)

const octet = either(
  sequence(sign('2'), sign('5'), sign('012345')),
  sequence(sign('2'), sign('01234'), digit),
  sequence(optional(sign('01')), digits(1, 2)),
)
const ipv4 = sequence(times(3, 3, sequence(octet, sign('.'))), octet)

const group = times(1, 4, hex)
const groupColon = sequence(group, sign(':'))
const colonGroup = sequence(sign(':'), group)
const ipv6 = either(
  sequence(times(7, 7, groupColon), group),
  sequence(times(1, 7, groupColon), either(times(1, 7, colonGroup), sign(':'))),
  sequence(sign(':'), times(1, 7, colonGroup)),
  sequence(
    either(times(6, 6, groupColon), sequence(times(0, 5, groupColon), sign(':'), times(0, 5, colonGroup), sign(':'))),
    ipv4,
  ),
)
// The zone takes the rest of the line. A quotation mark ends it: it may close a string of JSON.
const zone = sequence(
  sign('%'),
  times(
    1,
    64,
    char((code) => code !== 10 && code !== 34),
  ),
)
const ipv6WithZone = sequence(atWordEnd(ipv6), optional(zone), times(0, 16, char(isSpace)))

const zipCode = atWordEnd(sequence(digits(5), optional(sequence(char(anyOf(isSpace, oneOf('-'))), digits(4)))))

const poBox = sequence(
  word('p'),
  optional(sign('.')),
  optional(sign(' ')),
  word('o'),
  optional(sign('.')),
  word(' box '),
  digits(1, 10),
)

const ssn = sequence(digits(3), sign('-'), digits(2), sign('-'), digits(4))

const isbn = (count: number) =>
  sequence(times(count, count, sequence(digit, optional(sign('-')))), char(anyOf(isDigit, oneOf('xX'))))

const macAddress = sequence(times(5, 5, sequence(hex, hex, sign(':-'))), hex, hex)

const upperOrDigit = char(anyOf(isUpper, isDigit))
const iban = sequence(
  times(2, 2, char(isUpper)),
  digits(2),
  times(4, 4, upperOrDigit),
  digits(7),
  times(0, 16, upperOrDigit),
)

/** All classes; the place in this list decides between matches that begin and end together. */
export const entities = [
  { replacement: '<STREET_ADDRESS>', pattern: streetAddress },
  { replacement: '<CREDIT_CARD>', pattern: creditCard },
  { replacement: '<PHONE_NUMBER>', pattern: either(phoneWithExtension, phone) },
  { replacement: '<EMAIL_ADDRESS>', pattern: email },
  { replacement: '<IP>', pattern: ipv4 },
  { replacement: '<IP>', pattern: ipv6WithZone, atWordStart: true },
  { replacement: '<ZIP_CODE>', pattern: zipCode, atWordStart: true },
  { replacement: '<PO_BOX>', pattern: poBox },
  { replacement: '<US_SSN>', pattern: ssn },
  { replacement: '<ISBN>', pattern: either(isbn(9), isbn(12)) },
  { replacement: '<MAC_ADDRESS>', pattern: macAddress },
  { replacement: '<IBAN>', pattern: iban },
] as const satisfies readonly Entity[]

const isHost = anyOf(isAlphanumeric, oneOf('-_@:%+~#='))

/** What a link goes on with, once its beginning has been seen. */
export const isLink: CharSet = anyOf(isHost, oneOf('().?&/'))

const web = sequence(word('http'), optional(word('s')), word('://'))

/** The beginnings of what is left alone: links to a host with a dot in it, and addresses of git repositories. */
export const protectedPattern: Pattern = either(
  sequence(web, times(1, 63, char(isHost)), sign('.'), char(isAlphanumeric)),
  sequence(
    either(
      web,
      sequence(either(word('git'), word('ssh')), word('://')),
      sequence(word('git@'), many(char(anyOf(isWord, oneOf('.-')))), sign(':')),
    ),
    many(char(anyOf(isWord, oneOf('.@:/~-')))),
    word('.git'),
  ),
)
