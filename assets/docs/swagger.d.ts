declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  interface Request {
    headers: Record<string, string>;
    method: string;
    url: string;
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
  }
  export default function SwaggerUI(options: Options): unknown;
}

declare module 'swagger-ui-dist/swagger-ui.css' {
  /** The sheet as text (build.mjs). */
  const text: string;
  export default text;
}
