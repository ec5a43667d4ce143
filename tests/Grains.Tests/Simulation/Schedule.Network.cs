using MMOrleans.Grains.Transport;

namespace MMOrleans.Grains.Tests.Simulation;

/// <content>Messages between silos, and what becomes of them.</content>
internal sealed partial class Schedule
{
    private static readonly TimeSpan Response = TimeSpan.FromSeconds(20);

    private readonly HashSet<(string, string)> _cuts = [];

    /// <summary>
    /// A call from one silo to another: lost, delayed, doubled, as it comes. <paramref name="read"/> is when the message is written, some
    /// time after the call; <paramref name="serve"/> takes the call in and is given the way back.
    /// </summary>
    public void Call<TMessage, TAnswer>(
        SimulatedSilo from,
        string to,
        Func<TMessage?> read,
        Action<SimulatedSilo, TMessage, Action<TAnswer>> serve,
        Func<TAnswer, TAnswer?> readAnswer,
        Action<TAnswer> answered,
        Action failed
    )
        where TMessage : class
        where TAnswer : notnull
    {
        var caller = from.Life;
        var settled = false;
        void Settle(Action action)
        {
            if (settled)
                return;
            settled = true;
            from.When(caller, action);
        }

        Time.After(Response, () => Settle(failed));
        var isLocal = from.Name == to;
        var times = !isLocal && !IsCalm && _random.NextDouble() < _faults.Duplication ? 2 : 1;
        Queue<TMessage?> written = new(times); // what comes twice was written once: the bytes are the same
        for (var i = 0; i < times; i++)
        {
            if (!isLocal && IsLost(from.Name, to))
                continue;
            Time.After(
                Delay(isLocal),
                () =>
                {
                    if (written.Count == 0)
                        for (var copy = 0; copy < times; copy++)
                            written.Enqueue(read());
                    if (written.Dequeue() is not { } message)
                    {
                        Settle(failed); // what it was to say is not there any more
                        return;
                    }

                    Time.After(
                        Delay(isLocal),
                        () =>
                        {
                            if (!_silos.TryGetValue(to, out var silo) || !silo.IsUp)
                            {
                                Time.After(Between(500, 4000), () => Settle(failed)); // until it is declared dead
                                return;
                            }

                            silo.When(
                                silo.Life,
                                () =>
                                    serve(
                                        silo,
                                        message,
                                        answer =>
                                        {
                                            if (!isLocal && IsLost(to, from.Name))
                                                return;
                                            var server = silo.Life;
                                            Time.After(
                                                Delay(isLocal),
                                                () =>
                                                {
                                                    if (!silo.IsUp || silo.Life != server)
                                                    {
                                                        // It died with the answer unsent.
                                                        Time.After(Between(500, 4000), () => Settle(failed));
                                                        return;
                                                    }

                                                    if (readAnswer(answer) is not { } copy)
                                                    {
                                                        Settle(failed);
                                                        return;
                                                    }

                                                    Time.After(
                                                        Delay(isLocal),
                                                        () => Settle(() => answered(copy))
                                                    );
                                                }
                                            );
                                        }
                                    )
                            );
                        }
                    );
                }
            );
        }
    }

    /// <summary>Memory for the vectors that are given to others: in every second schedule it is shared.</summary>
    public IVectorMemory Memory() => IsShared ? new SimulatedMemory() : ManagedMemory.Instance;

    /// <summary>Whether vectors are read where they lie: inside a silo, and between the silos of a machine, of which there are two.</summary>
    public bool SharesMemory(string one, string other) =>
        one == other || (IsShared && (one[^1] & 1) == (other[^1] & 1));

    private bool IsShared => (Seed & 1) == 1;

    /// <summary>Whether what is read now was damaged on its way. Nothing is drawn where nothing is: other schedules stay what they are.</summary>
    public bool IsDamaged() => _faults.Damage > 0 && !IsCalm && _random.NextDouble() < _faults.Damage;

    private bool IsLost(string from, string to) =>
        _cuts.Contains((from, to)) || (!IsCalm && _random.NextDouble() < _faults.Loss);

    private TimeSpan Delay(bool isLocal) =>
        isLocal ? TimeSpan.FromMicroseconds(10)
        : _random.Next(20) == 0 ? Between(1, 300)
        : Between(0.2, 5);

    /// <summary>The coordinator hears both sides, and no silo can be reached by everybody but those outside the cut.</summary>
    private void CutBeside(int times)
    {
        if (Beside() is not [var a, var b, ..])
            return;
        var length = Between(10000, 25000);
        Note($"{a} and {b}, which do not lead, are cut apart for {length.TotalSeconds:F1} s");
        _cuts.UnionWith([(a, b), (b, a)]);
        Trouble(length, a, b);
        Time.After(
            length,
            () =>
            {
                _cuts.ExceptWith([(a, b), (b, a)]);
                if (times > 1)
                    Time.After(Between(12000, 15000), () => CutBeside(times - 1));
            }
        );
    }

    private List<string> Beside()
    {
        var names = Up().Select(s => s.Name).Where(name => _leaders.All(l => l.Silo != name)).ToArray();
        _random.Shuffle(names);
        return [.. names];
    }

    private void Cut()
    {
        if (_silos.Count < 2)
            return;
        var names = _silos.Keys.ToList();
        var a = names[_random.Next(names.Count)];
        var b = names[_random.Next(names.Count)];
        if (a == b)
            return;
        var both = _random.Next(3) > 0;
        var length = Between(500, 30000);
        Note($"{a} and {b} are cut apart{(both ? "" : " one way")}");
        _cuts.Add((a, b));
        if (both)
            _cuts.Add((b, a));
        Trouble(length, a, b);
        Time.After(
            length,
            () =>
            {
                Note($"{a} and {b} reach each other again");
                _cuts.Remove((a, b));
                _cuts.Remove((b, a));
            }
        );
    }

    /// <summary>A silo does not hear the others for a while, or they do not hear it: what it says, or what it is told, comes through all the same.</summary>
    private void Deafen()
    {
        if (Any(_ => true) is not { } silo || _silos.Count < 2)
            return;
        var (length, isDeaf) = (Between(3000, 40000), _random.Next(2) == 0);
        Note(
            $"{silo.Name} {(isDeaf ? "hears nobody" : "is heard by nobody")} for {length.TotalSeconds:F1} s"
        );
        var ways = _silos
            .Keys.Where(other => other != silo.Name)
            .Select(other => isDeaf ? (other, silo.Name) : (silo.Name, other))
            .ToList();
        _cuts.UnionWith(ways);
        Trouble(length, [.. _silos.Keys]);
        Time.After(
            length,
            () =>
            {
                Note($"{silo.Name} and the others hear each other again");
                _cuts.ExceptWith(ways);
            }
        );
    }
}
