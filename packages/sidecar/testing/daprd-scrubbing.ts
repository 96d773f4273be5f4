/** What daprd makes of personal data, as examples: ours is held to the same, by its own tests and beside a real daprd. */

/** What daprd's own tests have: a text, the same without personal data, and the words of the latter. */
export const testedScrubbing: readonly (readonly [text: string, scrubbed: string, words: number])[] = [
  ['well hello there, my phone number is +2222222222', 'well hello there, my phone number is <PHONE_NUMBER>', 8],
  ['well hello there, my phone number is +4422222222', 'well hello there, my phone number is <PHONE_NUMBER>', 8],
  ['well hello there, my email is test@test.com', 'well hello there, my email is <EMAIL_ADDRESS>', 7],
  ['well hello there from 10.8.9.1', 'well hello there from <IP>', 5],
  ['well hello there', 'well hello there', 3],
  ['Hi this is Anshal with, +919140520809', 'Hi this is Anshal with, <PHONE_NUMBER>', 6],
  ['Hi ping mein at anshaldwivedi@gmail.com', 'Hi ping mein at <EMAIL_ADDRESS>', 5],
  ['here, 6011553157232994', 'here, <CREDIT_CARD>', 2],
  [
    'My SSN is488-23-3729. Details can be found at https://aavaz.ai/emp/488-23-3729',
    'My SSN is<US_SSN>. Details can be found at https://aavaz.ai/emp/488-23-3729',
    9,
  ],
  ['My email is 9144520109@gmail.com', 'My email is <EMAIL_ADDRESS>', 4],
]

/** What the library does beyond its tests; where ours does something else, the result is ours. */
export const measuredScrubbing: Readonly<Record<string, string>> = {
  'my phone number is 2222222222': 'my phone number is <ISBN>',
  '212-456-7890': '<ISBN>',
  '(212)456-7890': '<PHONE_NUMBER>',
  '+1 212.456.7890': '<PHONE_NUMBER>',
  '378282246310005': '<PHONE_NUMBER>',
  'the year 2024': 'the year <PHONE_NUMBER>',
  'I have 12345 apples': 'I have <ZIP_CODE> apples',
  '2024-06-12': '<PHONE_NUMBER>',
  '06/12/2024': '06/12/<PHONE_NUMBER>',
  '10.0.0.1:8080': '<IP>:<PHONE_NUMBER>',
  '3 years at the park': '<STREET_ADDRESS>',
  '123 Main Street, Springfield 62704': '<STREET_ADDRESS> Springfield <ZIP_CODE>',
  'IP is 192.168.1.100 and card 4263982640269299': 'IP is <IP> and card <CREDIT_CARD>',
  '2001:db8::1 is': '<IP>is',
  'fe80::1%eth0 done': '<IP>',
  'std::vector': 'std::vector',
  'a GUID 123e4567-e89b-12d3-a456-426614174000': 'a GUID 123e<PHONE_NUMBER>-e89b-12d3-a<PHONE_NUMBER>',
  '12345 67890': '<PHONE_NUMBER>',
  '3.14159265358979': '<PHONE_NUMBER>',
  '10:30, 12:34:56, 123, 1,000,000, $99': '10:30, 12:34:56, 123, 1,000,000, $99',
  '1234 then 123456 then 1000000': '<PHONE_NUMBER> then <PHONE_NUMBER> then <PHONE_NUMBER>',
  GB82WEST12345698765432: '<IBAN>',
  'PO Box 1234': '<PO_BOX>',
  '00:1B:44:11:3A:B7': '<MAC_ADDRESS>',
  'see https://example.com/a/5551234567 or 555-123-4567': 'see https://example.com/a/5551234567 or <ISBN>',
}
