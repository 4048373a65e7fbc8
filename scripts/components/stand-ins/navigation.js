const Navigate = Symbol('Navigate');
const GenerateUrl = Symbol('GenerateUrl');

/** Stand-in for navigation: a page alone has nowhere to go. */
export function NavigationMixin(Base) {
  return class extends Base {
    [Navigate]() {}

    [GenerateUrl]() {
      return Promise.resolve('#');
    }
  };
}

NavigationMixin.Navigate = Navigate;
NavigationMixin.GenerateUrl = GenerateUrl;

export class CurrentPageReference {
  update() {}

  connect() {}

  disconnect() {}
}
