import axios, { type AxiosResponse } from 'axios';

import { until } from './until';

const browser = 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0';

/** The page of a form, as whoever opens its link sees it. n8n may take a moment before an execution waits. */
export async function formOf(address: string, agent = browser): Promise<string> {
	return await until(`the form at ${address}`, async () => {
		const { status, data } = await axios.get<string>(address, {
			headers: { 'user-agent': agent },
			validateStatus: () => true,
			proxy: false,
		});
		return status === 200 && data.includes('<form') ? data : undefined;
	});
}

/** Sends a form off, its fields in their order. */
export async function submitForm(address: string, values: string[]): Promise<AxiosResponse<unknown>> {
	const form = new FormData();
	values.forEach((value, index) => form.set(`field-${index}`, value));
	return await axios.post(address, form, {
		headers: { 'user-agent': browser },
		validateStatus: () => true,
		proxy: false,
	});
}

/** Whether n8n took nothing, since the form was sent off before: it refuses while the execution runs, and says so on a page afterwards. */
export function isUsedUp({ status, data }: AxiosResponse<unknown>): boolean {
	return status === 409 || (status === 200 && String(data).includes('No action required'));
}
