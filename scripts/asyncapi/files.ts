import { asyncApiDocument, entitySchemas } from './document';
import { yamlOf } from './yaml';

/** What belongs into docs/, by path from there: the AsyncAPI document and each entity's JSON Schema. */
export function documentFiles(version: string): Map<string, string> {
	const notice = '# Made from core/events/event.ts by scripts/asyncapi.mjs; do not edit.\n';
	return new Map([
		['asyncapi.yaml', notice + yamlOf(asyncApiDocument(version))],
		...[...entitySchemas()].map(([entity, schema]): [string, string] => [
			`schemas/${entity}.json`,
			`${JSON.stringify(schema, null, '\t')}\n`,
		]),
	]);
}
