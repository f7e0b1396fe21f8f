/* The API, to be read and tried: Swagger UI over /openapi.json. It is large, and nothing else loads it. */
import { useEffect, useRef } from 'preact/hooks';
import SwaggerUI, { type Plugin } from 'swagger-ui-dist/swagger-ui-es-bundle.js';
import sheet from 'swagger-ui-dist/swagger-ui.css';
import { proof } from '../core/api';
import { t } from '../core/messages';
import { PageHead, useTitle } from '../parts/page_head';
import { inPlace } from './references';

/** Our document is JSON and refers to itself only: it need not be read as YAML, nor looked for elsewhere. */
const ownDocument = (): Plugin => ({
  fn: { resolveSubtree: async (document, path, { baseDoc }) => ({ spec: inPlace(document, path, baseDoc), errors: [] }) },
  statePlugins: { spec: { wrapActions: { parseToJson: (_, { specActions }) => (text) => specActions.updateJsonSpec(JSON.parse(text)) } } },
});

export default function DocsPage() {
  const box = useRef<HTMLDivElement>(null);
  useTitle(t('docs.title'));
  useEffect(() => {
    // A sheet made by a script is not an inline style: the content security policy stays as strict as it is.
    const styles = new CSSStyleSheet();
    styles.replaceSync(sheet);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, styles];
    if (box.current) {
      SwaggerUI({
        domNode: box.current,
        url: '/openapi.json',
        validatorUrl: null, // a web site that would be asked whether the document is right
        docExpansion: 'none',
        defaultModelsExpandDepth: 0,
        displayRequestDuration: true,
        filter: true,
        requestInterceptor: (request) => {
          if (request.method !== 'GET') Object.assign(request.headers, proof());
          return request;
        },
        plugins: [ownDocument],
      });
    }
    return () => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== styles);
    };
  }, []);
  return (
    <>
      <PageHead title={t('docs.title')} />
      <p>{t('docs.more')} <a href="/openapi.json" download>openapi.json</a></p>
      <div ref={box} class="api-docs" dir="ltr" lang="en" />
    </>
  );
}
