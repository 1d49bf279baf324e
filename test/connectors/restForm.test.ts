import { readDescription } from '../../connectors/rest/description';
import { descriptionOfForm, formOf } from '../../connectors/rest/form';
import { description } from './restJsonServer';
import { warehouseDescription } from './restWarehouse';

const url = 'http://127.0.0.1:1';
const cursor = { style: 'cursor', parameter: 'after', next: 'next', size: { parameter: 'limit', value: 7 } };
const offset = { style: 'offset', parameter: 'skip' };
const page = { style: 'page', parameter: 'p', first: 0, size: { parameter: 'n', value: 5 } };
const erp = description(url);
const { salesOrder } = erp.entities;

test.each<[string, object]>([
	['json-server as ERP', erp],
	['json-server as WMS', warehouseDescription(url)],
	...[cursor, offset, page].map((paging): [string, object] => [
		`paging of style ${paging.style}`,
		description(url, paging),
	]),
	[
		'all that is optional',
		{
			...erp,
			headers: { 'accept-language': 'en' },
			errors: { message: 'm', failed: 'ok = false' },
			entities: {
				salesOrder: {
					...salesOrder,
					get: { path: '/o/{id}', query: { full: 1 }, record: 'data' },
					changes: { ...salesOrder.changes, format: 'seconds', deleted: { style: 'flag', field: 'gone' } },
					create: {
						...salesOrder.create,
						method: 'PUT',
						created: 'id',
						idempotency: { header: 'k', asId: true },
					},
				},
				item: {
					...erp.entities.item,
					changes: { field: 'at', deleted: { style: 'compare', everySeconds: 60 } },
				},
			},
		},
	],
])('a description says the same as a form and back: %s', (_name, described) => {
	const read = readDescription(described);
	const filled = formOf(read);
	expect(readDescription(descriptionOfForm(filled).description)).toEqual(read);
	expect(JSON.parse(JSON.stringify(filled))).toEqual(filled);
});

test('an entity that stands twice in the form is named', () => {
	const form = formOf(readDescription(erp));
	const [first] = form.restEntities.entity ?? [];
	if (first !== undefined) form.restEntities.entity?.push(first);
	expect(descriptionOfForm(form).entityTwice).toBe('salesOrder');
});

test('what is wrong in a form is named by its place in the description', () => {
	const form = formOf(readDescription(erp));
	Object.assign(form.restEntities.entity?.[0] ?? {}, { query: '{', id: 'id +' });
	expect(() => readDescription(descriptionOfForm(form).description)).toThrow(
		/list\.query: .*salesOrder\.id: /s,
	);
});
