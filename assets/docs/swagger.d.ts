declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  import type { Json } from './references';

  interface Request {
    headers: Record<string, string>;
    method: string;
    url: string;
  }
  /** What replaces a part of Swagger UI (its "Customization, Plugin API"). */
  interface Plugin {
    fn: { resolveSubtree: (document: Json, path: string[], options: { baseDoc: string }) => Promise<{ spec: Json | undefined; errors: Error[] }> };
    statePlugins: { spec: { wrapActions: { parseToJson: (original: unknown, system: System) => (text: string) => unknown } } };
  }
  interface System {
    specActions: { updateJsonSpec: (document: Json) => unknown };
  }
  interface Options {
    domNode: HTMLElement;
    url: string;
    validatorUrl: null;
    docExpansion: 'none' | 'list';
    defaultModelsExpandDepth: number;
    displayRequestDuration: boolean;
    filter: boolean;
    requestInterceptor: (request: Request) => Request;
    plugins: (() => Plugin)[];
  }
  export default function SwaggerUI(options: Options): unknown;
}

declare module 'swagger-ui-dist/swagger-ui.css' {
  /** The sheet as text (build.mjs). */
  const text: string;
  export default text;
}
