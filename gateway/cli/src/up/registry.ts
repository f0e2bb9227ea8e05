import { readFileSync } from 'node:fs';
import { developmentRegistry, type Partner, standingOf } from '@lienthong/registry';
import { RegistryStore } from '@lienthong/registry/store';

/** Admits the demo partners where the registry is empty; whoever has partners of his own keeps them alone. */
export async function fillRegistry(url: string): Promise<void> {
  const store = await RegistryStore.open(url);
  try {
    if ((await store.list()).length > 0) return;
    await store.add(readFileSync(developmentRegistry, 'utf8'), developmentRegistry, { actor: 'lienthong up' });
  } finally {
    await store.close();
  }
}

/** Who may ask now. */
export async function activePartners(url: string | undefined): Promise<readonly Partner[]> {
  if (url === undefined) return [];
  const store = await RegistryStore.open(url);
  try {
    const partners = (await store.list()).flatMap(({ partner }) => (partner === undefined ? [] : [partner]));
    return partners.filter((partner) => standingOf(partner, Date.now()) === 'active');
  } finally {
    await store.close();
  }
}
