import type { XmlElement } from '../flow-xml.ts';
import type { Org } from '../org.ts';
import { recordId } from '../record-id.ts';
import type { StoredComponent } from '../schema/org-metadata.ts';
import { childText, localName } from './soap-envelope.ts';
import { objectOf } from './stored-file.ts';

/** The platform gives this date where it keeps none; the local org keeps none for any component. */
const NO_DATE = '1970-01-01T00:00:00.000Z';

/** The FileProperties of every component of the types that are asked for (Metadata API Developer Guide, "listMetadata()"). */
export function listMetadata(org: Org, userId: string, argument: XmlElement): object[] {
  const queries = argument.children.filter((each) => localName(each) === 'queries');
  const components = [...org.metadata.components.values()];
  return queries.flatMap((query) =>
    components
      .filter((each) => isAskedFor(each, childText(query, 'type'), childText(query, 'folder')))
      .map((each) => fileProperties(org, userId, each, '')),
  );
}

/** `ReportFolder` asks for folders, `Report` for what lies in the folder that the query names. */
function isAskedFor({ type, fullName, content }: StoredComponent, asked: string, folder: string): boolean {
  if (asked.endsWith('Folder')) return content?.name === asked;
  if (type !== asked) return false;
  return type === 'Report' || type === 'Dashboard' ? fullName.startsWith(`${folder}/`) : true;
}

/** What the Metadata API tells of one component beside its file. */
export function fileProperties(org: Org, userId: string, component: StoredComponent, root: string): object {
  const name = org.database.get('User', userId)?.['Name'];
  const [path = `objects/${objectOf(component)}.object`] = component.files.keys();
  return {
    createdById: userId,
    createdByName: name,
    createdDate: NO_DATE,
    fileName: root + (component.type === 'LightningComponentBundle' ? path.slice(0, path.lastIndexOf('/')) : path),
    fullName: component.fullName,
    id: recordId('000', [...org.metadata.components.values()].indexOf(component) + 1),
    lastModifiedById: userId,
    lastModifiedByName: name,
    lastModifiedDate: NO_DATE,
    manageableState: 'unmanaged',
    type: component.type,
  };
}
