import { COMPONENT_TYPES } from './component-types.ts';
import { CHILD_TYPES } from './store-object.ts';

interface MetadataObject {
  readonly directoryName: string;
  readonly inFolder: boolean;
  readonly metaFile: boolean;
  readonly suffix?: string;
  readonly xmlName: string;
  readonly childXmlNames?: readonly string[];
}

/** The metadata types that this org takes (Metadata API Developer Guide, "describeMetadata()"). */
export function describeMetadata(): object {
  const plain = COMPONENT_TYPES.map(({ type, folder, suffix, isFoldered }): MetadataObject => ({
    directoryName: folder,
    inFolder: isFoldered === true,
    metaFile: false,
    suffix: suffix.slice(1),
    xmlName: type,
  }));
  const object: MetadataObject = {
    childXmlNames: [...CHILD_TYPES.values()],
    directoryName: 'objects',
    inFolder: false,
    metaFile: false,
    suffix: 'object',
    xmlName: 'CustomObject',
  };
  const bundle: MetadataObject = {
    directoryName: 'lwc',
    inFolder: false,
    metaFile: false,
    xmlName: 'LightningComponentBundle',
  };
  return {
    metadataObjects: [...plain, object, bundle],
    organizationNamespace: '',
    partialSaveAllowed: false,
    testRequired: false,
  };
}
