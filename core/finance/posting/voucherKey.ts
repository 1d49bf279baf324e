/** The key of a document's voucher: the same for the same document, so that it is never booked twice. */
export function voucherKey({ system, type, key }: { system: string; type: string; key: string }): string {
	return [system, type, key].map(encodeURIComponent).join('/');
}
