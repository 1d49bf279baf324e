import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';

/** The time zones that this n8n knows. */
export async function loadTimeZones(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	return ['UTC', ...Intl.supportedValuesOf('timeZone')].map((name) => ({ name, value: name }));
}
