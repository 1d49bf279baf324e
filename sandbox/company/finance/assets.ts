import { z } from 'zod/v4';

import { Asset } from '../../../core/model/asset';
import { Key, Text } from '../../../core/model/references';
import type { RecordKind } from '../records/recordBook';

const { key: _key, number: _number, revision: _revision, native: _native, ...card } = Asset.shape;
const Fields = z.object({
	code: Key,
	...card,
	/** where it stands */
	place: Text.optional(),
});
export type AssetBody = z.output<typeof Fields>;

/** Cards of fixed assets, with the rule by which each loses its value; some have none yet. */
export const assetKind: RecordKind<AssetBody> = {
	name: 'asset',
	entity: 'asset',
	fields: Fields,
	first: 'active',
	transitions: {},
	open: ['active'],
	complete(given, before) {
		const body = {
			...before,
			...(given as AssetBody),
			...(before === undefined ? {} : { code: before.code }),
		};
		canonical(body);
		return body;
	},
	canonical: ({ version, body }) => ({ ...canonical(body), revision: String(version) }),
};

/** Throws what is wrong with the card, such as a disposal before its first day in use. */
function canonical({ code, place: _own, ...body }: AssetBody): Asset {
	return Asset.parse({ ...body, key: code });
}
