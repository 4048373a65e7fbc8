import type { Connection } from 'jsforce';

/** Makes a user of a profile, Standard User unless told otherwise; gives the id. */
export async function createUser(
  admin: Connection,
  name: string,
  fields: Readonly<Record<string, unknown>>,
  profile = 'Standard User',
): Promise<string> {
  const [found] = await rowsOf(admin, `SELECT Id FROM Profile WHERE Name = '${profile}'`);
  const result = await admin.sobject('User').create({
    ...{ Username: `${name}@local.example`, LastName: name, Alias: name.slice(0, 8), Email: `${name}@local.example` },
    ...{ TimeZoneSidKey: 'GMT', LocaleSidKey: 'en_US', EmailEncodingKey: 'UTF-8', LanguageLocaleKey: 'en_US' },
    ...{ ProfileId: found?.['Id'], ...fields },
  });
  if (!result.success) throw new Error(JSON.stringify(result.errors));
  return result.id;
}

/** The rows of a query. */
export async function rowsOf(connection: Connection, soql: string): Promise<Record<string, unknown>[]> {
  return (await connection.query<Record<string, unknown>>(soql)).records;
}
