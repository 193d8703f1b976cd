/** The workspace's README.txt. */
import { ISTIO } from '../../versions.ts';

export const readme = `Your workspace
==============

The lab's terminals start in this folder. What is here is yours to change: the
lab never writes over a file that you have edited.

bank/                   the example: a small bank of five services
                        kubectl apply -f bank/
istio-${ISTIO}/           Istio's sample addons (Kiali, Prometheus, Grafana, Jaeger, Loki)
                        kubectl apply -f istio-${ISTIO}/samples/addons

O seu espaço de trabalho
========================

Os terminais do laboratório começam nesta pasta. O que está aqui é seu: o
laboratório nunca grava por cima de um arquivo que você alterou.

bank/                   o exemplo: um pequeno banco de cinco serviços
istio-${ISTIO}/           os addons de exemplo do Istio
`;
