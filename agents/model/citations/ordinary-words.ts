/** Whether a word is ordinary English about operations, which needs no evidence. Plurals count too. */
export function isOrdinary(word: string): boolean {
  const plain = word.toLowerCase()
  return ORDINARY.has(plain) || ORDINARY.has(plain.replace(/s$/, '')) || /(?:ed|ly)$/.test(plain)
}

const ORDINARY = new Set(
  `anything calling connecting crashing everything existing failing falling growing hanging leaking loading missing pending
  remaining restarting returning rising rolling running scaling serving starting terminating throttling waiting
  a about after again all almost also an and another any are as at available back bad because been before being below better
  between big both broken but by can certain clear client could current different does down during each earlier either empty
  enough every faulty few fewer first for from fresh full given good had half has have healthy here high higher how however
  i idle if in incoming inside instead into is it its itself just known large last late later least less likely long
  low lower main many maybe memory might missing more most much must near never new newer newest next no none normal not
  nothing now of off old older on once one only open or other others our out outside over own partial past poor present
  previous quite rather ready real recent right same second several short similar single slow slower small so some somebody
  something soon stable stale still such than that the their them then there therefore these they third this those three time
  to together too two unhealthy under until up upstream very wanted was we well were what when where whether which while who
  whole whose why wide with within without wrong yet you your zero
  become became begin began break broke climb come came depend die drop end expire fall fell fill get give go grew grow
  happen hit hold keep leave lose lost make made need pass pile point reach refuse remain rise rose run ran say see seem send
  show shrink sit spend spread start stay stop take took tell time turn use vanish wait went
  earliest latest longest oldest slowest access account action alert answer api application attempt balance bandwidth batch bug burst cache call caller capacity
  cause certificate change check client cluster code command commit condition config configuration connection container
  controller copy count cpu crash credential data database deadline decision default delay delivery demand dependency deploy
  deployment disk dns domain downstream drift edge effect end endpoint engine environment error event evidence exception exit
  failure fault feature field file flag fleet fraction gateway graph group half hand handler header health host image increase
  incident information infrastructure input instance interval issue job key kernel kill kubelet kubernetes label latency layer
  leak level limit line link list load lock log loop machine majority manifest message method metric migration minute mismatch
  mistake moment namespace network node none nobody number object onset operation operator order out outage output overload
  page part password path pattern people percentile permission person platform pod point policy pool port pressure probe
  problem process production proxy query queue quota rate ratio read readiness reason record recovery redirect release replica
  report repository request resource response restart result retry revision risk rollback rollout root route rule run
  saturation scale schedule scheduler schema secret selector server service session set setting share side signal size slot
  space spec spike state status storage storm subject symptom sync system table tag target template test thread throughput
  timeout timing token tool traffic unit update upgrade usage user value verdict verification version volume
  warning window work worker workload write`
    .split(/\s+/)
    .concat('innocent', 'trouble'),
)
