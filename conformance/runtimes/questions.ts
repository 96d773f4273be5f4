/** What the program asks, and by which the provider knows what to answer. */
export const questions = {
  story: 'Tell me a story.',
  /** Is answered with two words, and then with silence. */
  endless: 'Tell me a story without an end.',
  /** How many of those who asked for the endless story have closed their connection. */
  howManyLeft: 'How many have left?',
  weather: 'How is the weather in Oslo and in Rome?',
  shaped: 'Where is it how cold?',
  /** Is answered with the roles of the messages that arrived. */
  memory: 'What have you heard?',
  /** Is refused for now. */
  busy: 'Are you busy?',
} as const
