/**
 * Objects that the platform keeps beside another one: who may see its records, what has changed in them, what is said
 * about them. This org has none of them.
 */
const SHADOWS =
  /(?:__(?:History|Share|Feed|Tag|ChangeEvent|ViewStat|VoteStat)|[a-z](?:History|Share|Feed|ChangeEvent|FieldHistory))$/;

/** Whether a name is that of such an object, of a custom object or of a standard one. */
export function isShadowObject(name: string): boolean {
  return SHADOWS.test(name);
}
