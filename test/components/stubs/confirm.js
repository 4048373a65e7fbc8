/** The dialog that asks for a yes: a test says what the user answers. */
export default class Confirm {
  static open = jest.fn();
}
