using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MMOrleans.Grains.Interfaces.Security;

namespace MMOrleans.Silo.Security;

/// <summary>Tells who was refused and when certificates change; a stranger who knocks all day does not fill the log.</summary>
internal sealed partial class TlsLog(TlsIdentity identity, TimeProvider clock, ILogger<TlsLog> logger)
    : IHostedService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (DateTimeOffset Next, int Untold)> _told = []; // by whom: there are three

    public Task StartAsync(CancellationToken cancellationToken)
    {
        identity.Changed += (certificate, fault) =>
        {
            if (fault is null)
                LogRenewed(
                    certificate.Subject,
                    certificate.SerialNumber,
                    certificate.NotAfter.ToUniversalTime()
                );
            else
                LogUnusable(fault.Message, fault.Fix);
        };
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Notes a refusal. Those at one door do not hide those at another.</summary>
    /// <returns>Whether there was none.</returns>
    public bool Allows(string? whyNot, string whom)
    {
        if (whyNot is null)
            return true;
        int before;
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            var (next, untold) = _told.GetValueOrDefault(whom);
            if (now < next)
            {
                _told[whom] = (next, untold + 1);
                return false;
            }

            (before, _told[whom]) = (untold, (now + Pause, 0));
        }

        LogRefused(whom, whyNot, before);
        return false;
    }

    [LoggerMessage(LogLevel.Warning, "Refused {Whom}: {Reason} ({Before} more since the last such message)")]
    private partial void LogRefused(string whom, string reason, int before);

    [LoggerMessage(
        LogLevel.Information,
        "New connections use the certificate {Subject} with serial {Serial}, valid until {Expires:u}"
    )]
    private partial void LogRenewed(string subject, string serial, DateTime expires);

    [LoggerMessage(
        LogLevel.Warning,
        "The renewed certificate files cannot be used; the previous certificate stays in force: {Reason}; {Fix}"
    )]
    private partial void LogUnusable(string reason, string fix);
}
