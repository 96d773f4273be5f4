/** Texts rich in personal data, and ways to cut them, for property tests. */
import fc from 'fast-check'

const samples = [
  '+2222222222',
  '212-456-7890',
  '(212)456-7890',
  '456-7890 x12',
  '6011553157232994',
  '4263 9826 4026 9299',
  'bob.smith@example.co.uk',
  'a@b',
  '@',
  '10.8.9.1',
  '192.168.1.100',
  '2001:db8::1',
  'fe80::1%eth0',
  '::',
  'std::vector',
  '12345',
  '90210-1234',
  'P.O. Box 77',
  '488-23-3729',
  '978-3-16-148410-0',
  '00:1A:2b:3c:4d:5e',
  'GB82WEST12345698765432',
  '123 Main Street',
  '3 years at the park',
  'card',
  'and 5',
  'https://aavaz.ai/emp/488-23-3729',
  'http://localhost',
  'git@github.com:org/repo.git',
  '3.14159265358979',
  '2024-06-12',
  'word',
  'é',
  '🎉',
  '"',
  '\\',
]

const separators = [' ', '', ', ', '.', '\n', '-', ':', '/', '  ', '"']

/** A text with personal data in it, whole and in parts, with and without something between. */
export const personal: fc.Arbitrary<string> = fc
  .array(
    fc.tuple(
      fc.oneof(
        { weight: 6, arbitrary: fc.constantFrom(...samples) },
        {
          weight: 2,
          arbitrary: fc
            .constantFrom(...samples)
            .chain((sample) => fc.nat(sample.length).map((end) => sample.slice(0, end))),
        },
        { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom(...'0123456789.-:@ aAfFxX%+('), maxLength: 20 }) },
        { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 6 }) },
      ),
      fc.constantFrom(...separators),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.flat().join(''))

/** A way to cut any text: into pieces of these lengths, over and over. */
export const pieces: fc.Arbitrary<(text: string) => string[]> = fc
  .array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 })
  .map((lengths) => (text) => {
    const cut: string[] = []
    for (let from = 0; from < text.length; ) {
      const length = lengths[cut.length % lengths.length] ?? 1
      cut.push(text.slice(from, from + length))
      from += length
    }
    return cut
  })
