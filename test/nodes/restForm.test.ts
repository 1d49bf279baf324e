import type { INodeProperties } from 'n8n-workflow';

import { readDescription } from '../../connectors/rest/description';
import { emptyAction, emptyEntity, formOf } from '../../connectors/rest/form';
import { restFormProperties } from '../../nodes/shared/restForm';
import { description } from '../connectors/restJsonServer';

function valuesOf(properties: INodeProperties[], name: string): INodeProperties[] {
	const [option] = properties.find((property) => property.name === name)?.options ?? [];
	return option !== undefined && 'values' in option ? option.values : [];
}
const defaults = (properties: INodeProperties[]) =>
	Object.fromEntries(properties.map((property) => [property.name, property.default]));

test('the form has a field for each part of a description, empty as the description leaves it out', () => {
	const entity = valuesOf(restFormProperties, 'restEntities');
	expect(defaults(entity)).toEqual(emptyEntity);
	expect(defaults(valuesOf(entity, 'actions'))).toEqual(emptyAction);
	const form = formOf(readDescription(description('http://127.0.0.1:1')));
	expect(restFormProperties.map(({ name }) => name).sort()).toEqual(Object.keys(form).sort());
});
